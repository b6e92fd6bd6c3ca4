import MQTTCodec
import Testing

/// MQTT 5.0 sections 3.1.2.11 and 3.1.3.2.
struct ConnectPropertiesTests {
  @Test func `all properties are found`() throws {
    let connect = ClientConnect(properties: Samples.connectProperties)
    let found = try connect.decode().properties
    #expect(found.sessionExpirySeconds == 3600)
    #expect(found.receiveMaximum == 10)
    #expect(found.packetBytesMax == 65_536)
    #expect(found.topicAliasMaximum == 7)
    #expect(found.wantsResponseInformation)
    #expect(!found.wantsProblemInformation)
    #expect(found.userPropertyCount == 2)
    #expect(connect.bytes.text(found.authenticationMethod) == "SCRAM")
    #expect(found.authenticationData.map { Array(connect.bytes[$0]) } == [1, 2, 3])
  }

  @Test(arguments: [
    [0x11] + four(1), [0x21] + two(1), [0x27] + four(1), [0x22] + two(1), [0x19, 0], [0x17, 0], [0x15] + text("m"),
  ])
  func `each property but user properties may come once`(property: [UInt8]) {
    #expect(ClientConnect(properties: properties(property)).fault == nil)
    #expect(ClientConnect(properties: properties(property, property)).fault == .protocolError)
  }

  @Test(arguments: [
    [0x21] + two(0), [0x27] + four(0), [0x19, 2], [0x17, 255], [0x16] + text("data without method"),
    [0x15] + text("m") + [0x16] + text("1") + [0x16] + text("2"),
  ])
  func `forbidden values are protocol errors`(property: [UInt8]) {
    #expect(ClientConnect(properties: properties(property)).fault == .protocolError)
  }

  @Test func `properties of other packets, and unknown ones, are malformed`() {
    let allowed: Set<UInt8> = [0x11, 0x21, 0x27, 0x22, 0x19, 0x17, 0x15, 0x16, 0x26]
    for id in UInt8.min...UInt8.max where !allowed.contains(id) {
      #expect(ClientConnect(properties: properties([id, 0, 0, 0, 0])).fault == .malformedPacket, "\(id)")
    }
    // The identifier is a variable byte integer, in its shortest form.
    #expect(ClientConnect(properties: properties([0x91, 0] + four(1))).fault == .malformedPacket)
  }

  @Test func `the property length is kept to`() {
    #expect(ClientConnect(properties: [2, 0x21, 0, 1]).fault == .malformedPacket)
    #expect(ClientConnect(properties: [0x80, 0]).fault == .malformedPacket)
    #expect(ClientConnect(properties: [0xFF, 0xFF, 0xFF, 0x7F]).fault == .malformedPacket)
    #expect(ClientConnect(properties: [0xFF, 0xFF, 0xFF, 0xFF, 1]).fault == .malformedPacket)
    #expect(ClientConnect(properties: [4, 0x26, 0, 9, 0]).fault == .malformedPacket)
  }

  @Test func `the number of user properties is bounded`() {
    let max = DecodingLimits.userPropertiesMax
    let one = userProperty("", "")
    let most = Array([[UInt8]](repeating: one, count: max).joined())
    #expect(ClientConnect(properties: properties(most)).fault == nil)
    #expect(ClientConnect(properties: properties(most, one)).fault == .quotaExceeded)
    let rest = properties(most, one) + text("t") + text("m")
    #expect(ClientConnect(flags: 0b110, rest: rest).fault == .quotaExceeded)
  }

  @Test func `ill-formed text in a property is malformed`() {
    for bad in UTF8Samples.illFormed {
      #expect(ClientConnect(properties: properties([0x26] + field(bad) + text(""))).fault == .malformedPacket)
      #expect(ClientConnect(properties: properties([0x26] + text("") + field(bad))).fault == .malformedPacket)
      #expect(ClientConnect(properties: properties([0x15] + field(bad))).fault == .malformedPacket)
      #expect(ClientConnect(properties: properties([0x15] + text("m"), [0x16] + field(bad))).fault == nil)
    }
  }

  private func will(_ list: [UInt8]...) -> ClientConnect {
    ClientConnect(flags: 0b110, rest: properties(Array(list.joined())) + text("w") + text("m"))
  }

  @Test func `a will's properties are found, and passed on without delay and expiry`() throws {
    let connect = ClientConnect(flags: 0b110, rest: Samples.willProperties + text("w") + text("m"))
    let found = try #require(try connect.decode().will)
    let bytes = connect.bytes
    #expect(found.delaySeconds == 5)
    #expect(found.messageExpirySeconds == 60)
    #expect(found.properties.payloadFormatIndicator == 1)
    #expect(bytes.text(found.properties.contentType) == "text/plain")
    #expect(bytes.text(found.properties.responseTopic) == "answers/1")
    #expect(found.properties.correlationData.map { Array(bytes[$0]) } == [0, 255])
    #expect(found.properties.userPropertyCount == 1)
    #expect(!found.properties.isForwardable)
    let forwarded =
      [1, 1] + [3] + text("text/plain") + [8] + text("answers/1") + [9] + field([0, 255]) + userProperty("a", "b")
    #expect(found.properties.forwarded(from: bytes) == forwarded)
    #expect(found.properties.forwardableBytes == forwarded.count)
  }

  @Test func `a will has no topic alias, and each of its properties once`() {
    #expect(will([0x23] + two(1)).fault == .malformedPacket)
    #expect(will([0x0B, 1]).fault == .malformedPacket)
    #expect(will([0x11] + four(1)).fault == .malformedPacket)
    for one in [[0x18] + four(1), [1, 0], [2] + four(1), [3] + text(""), [8] + text("a"), [9] + field([])] {
      #expect(will(one).fault == nil)
      #expect(will(one, one).fault == .protocolError)
    }
    #expect(will([1, 2]).fault == .protocolError)
    #expect(will([8] + text("a/#")).fault == .protocolError)
  }
}
