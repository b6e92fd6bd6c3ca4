import MQTTCodec
import Testing

/// MQTT 5.0 section 3.1, MQTT 3.1.1 section 3.1, MQTT 3.1 section 3.1.
struct ConnectPacketTests {
  @Test(arguments: [(ProtocolVersion.v3_1, UInt8(0xF6)), (.v3_1_1, 0xEE), (.v5, 0xF6)])
  func `all fields are found`(version: ProtocolVersion, flags: UInt8) throws {
    let rest = (version == .v5 ? Samples.willProperties : []) + Samples.namesAndWill
    let connect = ClientConnect(version: version, flags: flags, keepAlive: 513, clientID: Array("é1".utf8), rest: rest)
    let bytes = connect.bytes
    let decoded = try connect.decode()
    #expect(decoded.version == version)
    #expect(decoded.cleanStart)
    #expect(decoded.keepAliveSeconds == 513)
    #expect(bytes.text(decoded.clientID) == "é1")
    let will = try #require(decoded.will)
    #expect(will.qos == (flags == 0xEE ? .atLeastOnce : .exactlyOnce))
    #expect(will.isRetain)
    #expect(bytes.text(will.topic) == "w/t")
    #expect(Array(bytes[will.payload]) == [9, 9, 9])
    #expect(bytes.text(decoded.userName) == "user")
    #expect(decoded.password.map { Array(bytes[$0]) } == [1, 0, 2])
    #expect(will.delaySeconds == (version == .v5 ? 5 : 0))
    #expect(will.messageExpirySeconds == (version == .v5 ? 60 : nil))
  }

  @Test(arguments: ProtocolVersion.allCases)
  func `what is absent is nil`(version: ProtocolVersion) throws {
    let decoded = try ClientConnect(version: version, flags: 0).decode()
    #expect(!decoded.cleanStart)
    #expect(decoded.will == nil)
    #expect(decoded.userName == nil)
    #expect(decoded.password == nil)
    #expect(decoded.properties.receiveMaximum == 65_535)
    #expect(decoded.properties.packetBytesMax == nil)
    #expect(decoded.properties.wantsProblemInformation)
    #expect(!decoded.properties.wantsResponseInformation)
  }

  @Test func `empty names are not absent`() throws {
    let decoded = try ClientConnect(version: .v3_1_1, flags: 0b1100_0010, rest: text("") + text("")).decode()
    #expect(decoded.userName?.isEmpty == true)
    #expect(decoded.password?.isEmpty == true)
  }

  @Test(arguments: [
    ("MQTT", 3, ProtocolVersion.v3_1_1), ("MQTT", 6, .v5), ("MQTT", 0, .v3_1_1), ("MQTT", 0x84, .v3_1_1),
    ("MQTT", 255, .v5), ("MQIsdp", 4, .v3_1), ("MQIsdp", 0x83, .v3_1), ("mqtt", 4, nil), ("", 4, nil),
    ("MQTTX", 5, nil),
    ("MQT", 4, nil),
  ])
  func `another protocol name or level is an unsupported version, with an answer in the client's format`(
    name: String, level: UInt8, answer: ProtocolVersion?
  ) throws {
    let bytes = ClientConnect(version: .v3_1_1, name: name, level: level).bytes
    #expect(fault(bytes, .v3_1_1) == .unsupportedProtocolVersion)
    let found = ConnectPacket.versionOfAnswer(bytes.span, try header(bytes, nil))
    #expect(found == answer)
  }

  @Test func `a CONNECT that is too short for a protocol name has no answer`() throws {
    let bytes = hex("10 03 00 04 4D")
    #expect(fault(bytes, .v5) == .malformedPacket)
    let found = ConnectPacket.versionOfAnswer(bytes.span, try header(bytes, nil))
    #expect(found == nil)
  }

  @Test func `the reserved flag is malformed since 3_1_1`() {
    #expect(ClientConnect(version: .v3_1_1, flags: 0b11).fault == .malformedPacket)
    #expect(ClientConnect(version: .v5, flags: 0b11).fault == .malformedPacket)
    #expect(ClientConnect(version: .v3_1, flags: 0b11).fault == nil)
  }

  @Test(arguments: [UInt8(0b0000_1010), 0b0001_0010, 0b0001_1010, 0b0010_0010])
  func `will QoS and will RETAIN without a will are malformed since 3_1_1`(flags: UInt8) {
    #expect(ClientConnect(version: .v3_1_1, flags: flags).fault == .malformedPacket)
    #expect(ClientConnect(version: .v5, flags: flags).fault == .malformedPacket)
    #expect(ClientConnect(version: .v3_1, flags: flags).fault == nil)
  }

  @Test(arguments: ProtocolVersion.allCases)
  func `a will with QoS 3 is malformed`(version: ProtocolVersion) {
    let rest = (version == .v5 ? [0] : []) + text("t") + text("m")
    #expect(ClientConnect(version: version, flags: 0b0001_1110, rest: rest).fault == .malformedPacket)
    #expect(ClientConnect(version: version, flags: 0b0001_0110, rest: rest).fault == nil)
  }

  @Test func `a password without a user name is for 5_0 only`() throws {
    #expect(ClientConnect(version: .v3_1, flags: 0b0100_0010, rest: text("p")).fault == .malformedPacket)
    #expect(ClientConnect(version: .v3_1_1, flags: 0b0100_0010, rest: text("p")).fault == .malformedPacket)
    let decoded = try ClientConnect(flags: 0b0100_0010, rest: text("p")).decode()
    #expect(decoded.userName == nil)
    #expect(decoded.password != nil)
  }

  @Test func `3_1 lets names be missing in spite of their flags`() throws {
    let neither = try ClientConnect(version: .v3_1, flags: 0b1100_0010).decode()
    #expect(neither.userName == nil && neither.password == nil)
    let noPassword = try ClientConnect(version: .v3_1, flags: 0b1100_0010, rest: text("u")).decode()
    #expect(noPassword.userName != nil && noPassword.password == nil)
    #expect(ClientConnect(version: .v3_1_1, flags: 0b1000_0010).fault == .malformedPacket)
    #expect(ClientConnect(version: .v5, flags: 0b1100_0010, rest: text("u")).fault == .malformedPacket)
  }

  @Test func `client identifiers follow the rules of each version`() {
    #expect(ClientConnect(version: .v5, flags: 0, clientID: []).fault == nil)
    #expect(ClientConnect(version: .v3_1_1, flags: 2, clientID: []).fault == nil)
    #expect(ClientConnect(version: .v3_1_1, flags: 0, clientID: []).fault == .clientIdentifierNotValid)
    #expect(ClientConnect(version: .v3_1, flags: 2, clientID: []).fault == .clientIdentifierNotValid)
    #expect(ClientConnect(version: .v3_1, clientID: [0x61]).fault == nil)
    let longest = [UInt8](repeating: 0x61, count: 65_535)
    for version in ProtocolVersion.allCases {
      #expect(ClientConnect(version: version, clientID: longest).fault == nil)
    }
  }

  @Test(arguments: ProtocolVersion.allCases)
  func `ill-formed text is malformed in each field`(version: ProtocolVersion) {
    let none: [UInt8] = version == .v5 ? [0] : []
    for bad in UTF8Samples.illFormed {
      #expect(ClientConnect(version: version, clientID: bad).fault == .malformedPacket)
      let user = ClientConnect(version: version, flags: 0b1000_0010, rest: field(bad))
      #expect(user.fault == .malformedPacket)
      let will = ClientConnect(version: version, flags: 0b0000_0110, rest: none + field(bad) + text("m"))
      #expect(will.fault == .malformedPacket)
      let password = ClientConnect(version: version, flags: 0b1100_0010, rest: text("u") + field(bad))
      #expect(password.fault == nil)
    }
  }

  @Test(arguments: ["", "#", "a/+", "a+b"])
  func `a will's topic is a topic name`(topic: String) {
    let connect = ClientConnect(version: .v3_1_1, flags: 0b110, rest: text(topic) + text("m"))
    #expect(connect.fault == .topicNameInvalid)
  }

  @Test(arguments: Samples.connects.indices)
  func `a CONNECT whose length is shorter or longer than its fields is malformed`(sample: Int) {
    let (version, bytes) = Samples.connects[sample]
    guard let body = try? header(bytes, nil).body else { return }
    for count in 0..<body.count {
      let short = packet(0x10, Array(bytes[body].prefix(count)))
      // Where 3.1 may leave the names out, it is complete.
      let isComplete = version == .v3_1 && [body.count - 5, body.count - 11].contains(count)
      #expect((fault(short, version) == nil) == isComplete, "\(count) bytes")
    }
    for more in [[0], [0, 0], text("x")] as [[UInt8]] {
      #expect(fault(packet(0x10, Array(bytes[body]), more), version) == .malformedPacket)
    }
  }
}
