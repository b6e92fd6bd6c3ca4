extension ConnectPacket {
  /// Decodes the CONNECT whose header was found in `bytes`.
  ///
  /// The faults are those of sections 3.1.2 and 3.1.3 of the version that the packet names. Some have an answer in 3.1
  /// and 3.1.1 too (``ReasonCode/connectReturnCode``): ``ReasonCode/unsupportedProtocolVersion`` when protocol name and
  /// level are none of the three, and ``ReasonCode/clientIdentifierNotValid`` when the client identifier breaks a rule
  /// of the version.
  public static func decode(_ bytes: Span<UInt8>, _ header: FixedHeader) throws(ProtocolFault) -> ConnectPacket {
    var fields = FieldReader(header.body)
    let version = try decodeVersion(bytes, &fields)
    if version == .v5, !header.isLengthMinimal { throw FixedHeader.lengthNotMinimal }
    let flags = try ConnectFlags(try fields.byte(bytes), version)
    let keepAliveSeconds = try fields.twoByteInteger(bytes)
    let properties = version == .v5 ? try ConnectProperties.decode(bytes, from: &fields) : ConnectProperties()
    let clientID = try fields.string(bytes)
    var packet = ConnectPacket(
      version: version, cleanStart: flags.cleanStart, keepAliveSeconds: keepAliveSeconds, clientID: clientID,
      properties: properties)
    if flags.hasWill { packet.will = try decodeWill(bytes, &fields, flags, version) }
    // MQTT 3.1 lets the names be missing in spite of their flags: the length takes precedence (section 3.1).
    if flags.hasUserName, version != .v3_1 || fields.remaining > 0 { packet.userName = try fields.string(bytes) }
    if flags.hasPassword, version != .v3_1 || fields.remaining > 0 { packet.password = try fields.binaryData(bytes) }
    try fields.expectEnd()
    try packet.checkClientID()
    return packet
  }

  /// How many characters the client identifier has; `bytes` is the span that was decoded.
  public func clientIDCharacters(_ bytes: Span<UInt8>) -> Int {
    var characters = 0
    for at in clientID where bytes[at] & 0xC0 != 0x80 { characters += 1 }
    return characters
  }

  /// The version in whose format to answer a CONNECT that ``decode(_:_:)`` refused, or nil when its protocol name is
  /// not MQTT's, so that silence is the answer.
  ///
  /// A newer level than 5 is answered as in 5.0 (section 3.1.2.2), one below 4 as in 3.1.1. Bridges set the highest bit
  /// of the level, and try without it when 3.1.1 or 3.1 says that the level is not accepted.
  public static func versionOfAnswer(_ bytes: Span<UInt8>, _ header: FixedHeader) -> ProtocolVersion? {
    var fields = FieldReader(header.body)
    guard let (name, level) = try? decodeProtocol(bytes, &fields) else { return nil }
    switch name {
    case .mqisdp: return .v3_1
    case .mqtt: return level & 0x7F >= ProtocolVersion.v5.rawValue ? .v5 : .v3_1_1
    case .other: return nil
    }
  }

  private enum ProtocolName { case mqtt, mqisdp, other }

  private static func decodeVersion(
    _ bytes: Span<UInt8>, _ fields: inout FieldReader
  ) throws(ProtocolFault) -> ProtocolVersion {
    let (name, level) = try decodeProtocol(bytes, &fields)
    switch (name, level) {
    case (.mqisdp, ProtocolVersion.v3_1.rawValue): return .v3_1
    case (.mqtt, ProtocolVersion.v3_1_1.rawValue): return .v3_1_1
    case (.mqtt, ProtocolVersion.v5.rawValue): return .v5
    default: throw ProtocolFault(.unsupportedProtocolVersion, "the protocol is none of MQTT 3.1, 3.1.1 and 5.0")
    }
  }

  private static func decodeProtocol(
    _ bytes: Span<UInt8>, _ fields: inout FieldReader
  ) throws(ProtocolFault) -> (name: ProtocolName, level: UInt8) {
    let range = try fields.binaryData(bytes)
    let level = try fields.byte(bytes)
    let name: ProtocolName = bytes.extracting(range).withUnsafeBytes { name in
      name.elementsEqual("MQTT".utf8) ? .mqtt : name.elementsEqual("MQIsdp".utf8) ? .mqisdp : .other
    }
    return (name, level)
  }

  private static func decodeWill(
    _ bytes: Span<UInt8>, _ fields: inout FieldReader, _ flags: ConnectFlags, _ version: ProtocolVersion
  ) throws(ProtocolFault) -> WillPacket {
    var delaySeconds: UInt32 = 0
    var properties = PublishProperties(noneAt: fields.position)
    if version == .v5 {
      properties = try PublishProperties.decodeWill(bytes, from: &fields, delaySeconds: &delaySeconds)
    }
    let topic = try fields.string(bytes)
    guard TopicName.isValid(bytes.extracting(topic)) else {
      throw ProtocolFault(.topicNameInvalid, "the will's topic is empty or has wildcards")
    }
    let payload = try fields.binaryData(bytes)
    return WillPacket(
      qos: flags.willQoS, isRetain: flags.isWillRetain, topic: topic, payload: payload, delaySeconds: delaySeconds,
      properties: properties)
  }

  /// The rules of each version for client identifiers: not empty in 3.1 (section 3.1); in 3.1.1 an empty one only with
  /// a clean session (section 3.1.3.1); any in 5.0. That 3.1 has at most 23 characters is left to the server, see
  /// ``clientIDCharacters(_:)``.
  private func checkClientID() throws(ProtocolFault) {
    switch version {
    case .v3_1:
      guard !clientID.isEmpty else {
        throw ProtocolFault(.clientIdentifierNotValid, "an MQTT 3.1 client identifier that is empty")
      }
    case .v3_1_1:
      guard !clientID.isEmpty || cleanStart else {
        throw ProtocolFault(.clientIdentifierNotValid, "an empty client identifier without a clean session")
      }
    case .v5: break
    }
  }
}
