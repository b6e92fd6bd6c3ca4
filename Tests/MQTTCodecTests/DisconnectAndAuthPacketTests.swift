import MQTTCodec
import Testing

/// MQTT 5.0 sections 3.14 and 3.15.
struct DisconnectAndAuthPacketTests {
  private func disconnect(_ body: [UInt8]...) throws(ProtocolFault) -> DisconnectPacket {
    let bytes = packet(0xE0, Array(body.joined()))
    return try DisconnectPacket.decode(bytes.span, try header(bytes, .v5), .v5)
  }

  private func auth(_ body: [UInt8]...) -> [UInt8] { packet(0xF0, Array(body.joined())) }

  @Test(arguments: ProtocolVersion.allCases)
  func `an empty DISCONNECT is a normal disconnection, and the only one before 5_0`(version: ProtocolVersion) throws {
    let bytes = hex("E0 00")
    let decoded = try DisconnectPacket.decode(bytes.span, try header(bytes, version), version)
    #expect(decoded.reason == .normalDisconnection)
    #expect(decoded.sessionExpirySeconds == nil)
    #expect((fault(hex("E0 01 00"), version) == .malformedPacket) == (version != .v5))
  }

  @Test func `only the reason codes that a client may send are taken`() throws {
    let allowed: Set<UInt8> = [
      0, 4, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
    ]
    for code in UInt8.min...UInt8.max {
      if allowed.contains(code) {
        #expect(try disconnect([code]).reason.rawValue == code)
      } else {
        #expect(fault(packet(0xE0, [code]), .v5) == .protocolError, "\(code)")
      }
    }
  }

  @Test func `session expiry and reason string may come once`() throws {
    let expiry = [0x11] + four(77)
    let string = [0x1F] + text("bye")
    #expect(try disconnect([0], properties(string, expiry, userProperty("a", "b"))).sessionExpirySeconds == 77)
    #expect(fault(packet(0xE0, [0], properties(expiry, expiry)), .v5) == .protocolError)
    #expect(fault(packet(0xE0, [0], properties(string, string)), .v5) == .protocolError)
    #expect(fault(packet(0xE0, [0], [0, 0]), .v5) == .malformedPacket)
    for id in UInt8.min...UInt8.max where ![0x11, 0x1F, 0x26].contains(id) {
      // 0x1C, the server reference, is for servers.
      #expect(fault(packet(0xE0, [0], properties([id, 0, 0, 0, 0])), .v5) == .malformedPacket)
    }
  }

  @Test func `AUTH has a method and perhaps data`() throws {
    let bytes = auth([0x19], properties([0x16] + field([5, 0]), [0x15] + text("SCRAM")))
    let decoded = try AuthPacket.decode(bytes.span, try header(bytes, .v5), .v5)
    #expect(decoded.reason == .reAuthenticate)
    #expect(bytes.text(decoded.method) == "SCRAM")
    #expect(decoded.data.map { Array(bytes[$0]) } == [5, 0])
    #expect(fault(auth([0x18], properties([0x15] + text("SCRAM"))), .v5) == nil)
  }

  @Test func `AUTH without a method, with a server's reason or before 5_0 is a fault`() {
    let method = [0x15] + text("m")
    #expect(fault(auth(), .v5) == .protocolError)
    #expect(fault(auth([0x18]), .v5) == .malformedPacket)
    #expect(fault(auth([0x18, 0]), .v5) == .protocolError)
    #expect(fault(auth([0x18], properties([0x16] + field([1]))), .v5) == .protocolError)
    #expect(fault(auth([0x18], properties(method, method)), .v5) == .protocolError)
    #expect(fault(auth([0x18], properties(method), [0]), .v5) == .malformedPacket)
    for code in UInt8.min...UInt8.max where code != 0x18 && code != 0x19 {
      #expect(fault(auth([code], properties(method)), .v5) == .protocolError)
    }
    for id in UInt8.min...UInt8.max where ![0x15, 0x16, 0x1F, 0x26].contains(id) {
      #expect(fault(auth([0x18], properties(method, [id, 0, 0, 0, 0])), .v5) == .malformedPacket)
    }
    #expect(fault(auth([0x18], properties(method)), .v3_1_1) == .malformedPacket)
    #expect(fault(auth([0x18], properties(method)), .v3_1) == .malformedPacket)
  }
}
