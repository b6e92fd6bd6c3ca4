import MQTTCodec
import Testing

/// What servers send: MQTT 5.0 sections 3.2, 3.4 to 3.7, 3.9, 3.11, 3.13 to 3.15, and their like in 3.1.1 and 3.1.
struct PacketEncoderTests {
  private func connack(
    _ version: ProtocolVersion, _ reason: ReasonCode, present: Bool = false, _ properties: ConnackProperties = .init()
  ) -> [UInt8] {
    encoded {
      PacketEncoder.connack(
        sessionPresent: present, reason: reason, version: version, properties: properties, into: &$0)
    }
  }

  @Test func `a CONNACK without properties`() {
    #expect(connack(.v5, .success, present: true) == hex("20 03 01 00 00"))
    #expect(connack(.v5, .banned, present: true) == hex("20 03 00 8A 00"))
    #expect(connack(.v3_1_1, .success, present: true) == hex("20 02 01 00"))
    #expect(connack(.v3_1, .success, present: true) == hex("20 02 00 00"))
  }

  @Test(arguments: ReasonCode.allCases)
  func `a refusal before 5_0 has a return code or no CONNACK at all`(reason: ReasonCode) {
    let code: UInt8? =
      switch reason.rawValue {
      case 0: 0
      case 0x84: 1
      case 0x85: 2
      case 0x88, 0x89, 0x8B, 0x97, 0x9C, 0x9D, 0x9F: 3
      case 0x86, 0x8C: 4
      case 0x87, 0x8A: 5
      default: nil
      }
    #expect(reason.connectReturnCode == code)
    #expect(connack(.v3_1_1, reason) == code.map { [0x20, 2, 0, $0] } ?? [])
    #expect(connack(.v3_1, reason) == code.map { [0x20, 2, 0, $0] } ?? [])
    #expect(connack(.v5, reason) == [0x20, 3, 0, reason.rawValue, 0])
    #expect(reason.isFailure == (reason.rawValue >= 0x80))
  }

  @Test func `a CONNACK with all properties, and none of them before 5_0`() {
    var all = ConnackProperties()
    all.sessionExpirySeconds = 0x0102_0304
    all.receiveMaximum = 100
    all.maximumQoS = .atLeastOnce
    all.isRetainAvailable = false
    all.packetBytesMax = 1 << 20
    all.assignedClientID = Array("auto-1".utf8)
    all.topicAliasMaximum = 16
    all.reasonString = "é"
    all.userProperties = [UserProperty(name: "a", value: "1"), UserProperty(name: "a", value: "")]
    all.isWildcardSubscriptionAvailable = true
    all.areSubscriptionIdentifiersAvailable = false
    all.isSharedSubscriptionAvailable = true
    all.serverKeepAliveSeconds = 30
    all.responseInformation = "r/"
    all.serverReference = "other:1883"
    all.authenticationMethod = Array("SCRAM".utf8)
    all.authenticationData = [0, 1]
    let list =
      [0x11] + hex("01020304") + [0x21] + two(100) + [0x24, 1] + [0x25, 0] + [0x27] + four(1 << 20)
      + [0x12] + text("auto-1") + [0x22] + two(16) + [0x1F] + text("é") + userProperty("a", "1") + userProperty("a", "")
      + [0x28, 1] + [0x29, 0] + [0x2A, 1] + [0x13] + two(30) + [0x1A] + text("r/") + [0x1C] + text("other:1883")
      + [0x15] + text("SCRAM") + [0x16] + field([0, 1])
    #expect(connack(.v5, .success, all) == packet(0x20, [0, 0], properties(list)))
    #expect(connack(.v3_1_1, .success, all) == hex("20 02 00 00"))
  }

  @Test func `a Maximum QoS of 2 is not written, for it is a protocol error`() {
    var properties = ConnackProperties()
    properties.maximumQoS = .exactlyOnce
    #expect(connack(.v5, .success, properties) == hex("20 03 00 00 00"))
    properties.maximumQoS = .atMostOnce
    #expect(connack(.v5, .success, properties) == hex("20 05 00 00 02 24 00"))
  }

  @Test func `text that no field can hold is cut between characters`() {
    var properties = ConnackProperties()
    properties.reasonString = String(repeating: "語", count: 30_000)
    let bytes = connack(.v5, .success, properties)
    let expected = [0x1F] + text(String(repeating: "語", count: 21_845))
    #expect(bytes == packet(0x20, [0, 0], varint(expected.count), expected))
    properties.reasonString = "a" + String(repeating: "語", count: 30_000)
    let shorter = [0x1F] + text("a" + String(repeating: "語", count: 21_844))
    #expect(connack(.v5, .success, properties) == packet(0x20, [0, 0], varint(shorter.count), shorter))
  }

  @Test(arguments: [(PacketType.puback, UInt8(0x40)), (.pubrec, 0x50), (.pubrel, 0x62), (.pubcomp, 0x70)])
  func `acknowledgements are as short as they can be, and are read back`(type: PacketType, first: UInt8) throws {
    for version in ProtocolVersion.allCases {
      for reason in [ReasonCode.success, .packetIdentifierNotFound, .quotaExceeded] {
        let bytes = encoded {
          PacketEncoder.acknowledgement(type, packetID: 0xABCD, reason: reason, version: version, into: &$0)
        }
        let isShort = version != .v5 || reason == .success
        #expect(bytes == [first, isShort ? 2 : 3, 0xAB, 0xCD] + (isShort ? [] : [reason.rawValue]))
        #expect(try header(bytes, version).type == type)
      }
    }
  }

  @Test func `a SUBACK says what each version can say`() {
    func suback(_ version: ProtocolVersion, _ reasons: [ReasonCode]) -> [UInt8] {
      encoded { PacketEncoder.suback(packetID: 0x0102, reasons: reasons, version: version, into: &$0) }
    }
    let reasons: [ReasonCode] = [.grantedQoS0, .grantedQoS1, .grantedQoS2, .notAuthorized]
    #expect(suback(.v5, reasons) == hex("90 07 01 02 00 00 01 02 87"))
    #expect(suback(.v3_1_1, reasons) == hex("90 06 01 02 00 01 02 80"))
    #expect(suback(.v3_1, reasons) == hex("90 06 01 02 00 01 02 00"))
    let many = suback(.v3_1_1, .init(repeating: .grantedQoS1, count: DecodingLimits.filtersMax))
    #expect(many == packet(0x90, two(0x0102), .init(repeating: 1, count: DecodingLimits.filtersMax)))
    #expect(QoS.allCases.map { ReasonCode(granted: $0) } == [.grantedQoS0, .grantedQoS1, .grantedQoS2])
  }

  @Test func `an UNSUBACK has reasons since 5_0`() {
    func unsuback(_ version: ProtocolVersion) -> [UInt8] {
      encoded {
        PacketEncoder.unsuback(
          packetID: 3, reasons: [.success, .noSubscriptionExisted], version: version, into: &$0)
      }
    }
    #expect(unsuback(.v5) == hex("B0 05 00 03 00 00 11"))
    #expect(unsuback(.v3_1_1) == hex("B0 02 00 03"))
    #expect(unsuback(.v3_1) == hex("B0 02 00 03"))
  }

  @Test func `PINGRESP, DISCONNECT and AUTH`() {
    #expect(encoded { PacketEncoder.pingresp(into: &$0) } == hex("D0 00"))
    #expect(encoded { PacketEncoder.disconnect(reason: .serverShuttingDown, into: &$0) } == hex("E0 02 8B 00"))
    let moved = encoded {
      PacketEncoder.disconnect(reason: .serverMoved, reasonString: "moved", serverReference: "b", into: &$0)
    }
    #expect(moved == packet(0xE0, [0x9D], properties([0x1F] + text("moved"), [0x1C] + text("b"))))
    #expect(encoded { PacketEncoder.disconnect(reason: .banned, version: .v3_1_1, into: &$0) } == [])
    let auth = encoded {
      PacketEncoder.auth(
        reason: .continueAuthentication, method: Array("m".utf8), data: [1], reasonString: "x", into: &$0)
    }
    #expect(auth == packet(0xF0, [0x18], properties([0x15] + text("m"), [0x16] + field([1]), [0x1F] + text("x"))))
  }

  @Test func `what servers send are packets with valid headers`() throws {
    let all: [[UInt8]] = [
      connack(.v5, .success), encoded { PacketEncoder.pingresp(into: &$0) },
      encoded { PacketEncoder.suback(packetID: 1, reasons: [.success], version: .v5, into: &$0) },
      encoded { PacketEncoder.unsuback(packetID: 1, reasons: [.success], version: .v5, into: &$0) },
    ]
    for bytes in all { #expect(try header(bytes, .v5).packetBytes == bytes.count) }
  }
}
