import MQTTCodec

/// Every other packet of a server, from any values: read with a plain reader it says what was written.
enum FuzzTarget {
  static func run(_ bytes: UnsafeBufferPointer<UInt8>) {
    var input = FuzzInput(bytes)
    let version = input.pick(ProtocolVersion.allCases)
    var output = ByteBuffer()
    switch input.below(6) {
    case 0: connack(&input, version, &output)
    case 1: suback(&input, version, &output)
    case 2: unsuback(&input, version, &output)
    case 3: disconnect(&input, version, &output)
    case 4: auth(&input, &output)
    default: acknowledgement(&input, version, &output)
    }
  }

  private static func reason(_ input: inout FuzzInput) -> ReasonCode { input.pick(ReasonCode.allCases) }

  /// Text, at times longer than a field can hold.
  private static func text(_ input: inout FuzzInput) -> String {
    let text = String(decoding: input.some(), as: UTF8.self)
    return input.byte() == 1 ? String(repeating: text, count: 500) : text
  }

  /// Bytes that are all of `text`, or as many of its characters as fit.
  private static func checkText(_ read: String?, _ text: String) {
    guard let read, text.utf8.starts(with: read.utf8) else { return check(false, "text") }
    if text.utf8.count <= DecodingLimits.fieldBytesMax { return check(read.utf8.elementsEqual(text.utf8), "text") }
    check(read.utf8.count > DecodingLimits.fieldBytesMax - 4, "text was cut to \(read.utf8.count) bytes")
  }

  /// The packet's body, when it is one packet with this first byte.
  private static func body(_ output: borrowing ByteBuffer, _ first: UInt8) -> ArraySlice<UInt8> {
    let packet = Array(output.bytes)
    var at = 1
    guard packet.first == first, let count = readVarint(packet[...], &at), at + count == packet.count else {
      check(false, "\(packet.prefix(10)) is no packet of \(packet.count) bytes")
      return []
    }
    return packet[at...]
  }

  private static func list(_ body: ArraySlice<UInt8>, _ at: inout Int) -> PropertyList {
    guard let list = PropertyList(body, &at) else {
      check(false, "properties that can't be read")
      return PropertyList()
    }
    return list
  }

  private static func connack(_ input: inout FuzzInput, _ version: ProtocolVersion, _ output: inout ByteBuffer) {
    let (isPresent, reason) = (input.flag(), reason(&input))
    var properties = ConnackProperties()
    var numbers: [UInt8: [Int]] = [:]
    var texts: [UInt8: String] = [:]
    for _ in 0..<input.below(12) {
      switch input.below(11) {
      case 0: properties.sessionExpirySeconds = number(&numbers, 0x11, input.four())
      case 1: properties.receiveMaximum = number(&numbers, 0x21, input.two())
      case 2: properties.packetBytesMax = number(&numbers, 0x27, input.four())
      case 3: properties.topicAliasMaximum = number(&numbers, 0x22, input.two())
      case 4: properties.serverKeepAliveSeconds = number(&numbers, 0x13, input.two())
      case 5:
        properties.maximumQoS = input.pick(QoS.allCases)
        numbers[0x24] = properties.maximumQoS == .exactlyOnce ? nil : properties.maximumQoS.map { [Int($0.rawValue)] }
      case 6:
        texts[0x1F] = text(&input)
        properties.reasonString = texts[0x1F]
      case 7:
        texts[0x1C] = text(&input)
        properties.serverReference = texts[0x1C]
      case 8:
        texts[0x12] = text(&input)
        properties.assignedClientID = texts[0x12].map { Array($0.utf8.prefix(65_535)) }
      case 9:
        let flag = input.flag()
        properties.isSharedSubscriptionAvailable = flag
        numbers[0x2A] = [flag ? 1 : 0]
      default: properties.userProperties.append(UserProperty(name: text(&input), value: text(&input)))
      }
    }
    PacketEncoder.connack(
      sessionPresent: isPresent, reason: reason, version: version, properties: properties, into: &output)
    if version != .v5, reason.connectReturnCode == nil { return check(output.isEmpty, "an answer that there isn't") }
    let body = body(output, 0x20)
    let flags = body.prefix(2)
    let code = version == .v5 ? reason.rawValue : reason.connectReturnCode ?? 0xFF
    check(Array(flags) == [isPresent && reason == .success && version != .v3_1 ? 1 : 0, code], "\(flags)")
    guard version == .v5 else { return check(body.count == 2, "CONNACK of \(body.count) bytes") }
    var at = body.startIndex + 2
    let read = list(body, &at)
    check(at == body.endIndex && read.numbers == numbers, "\(read.numbers) is not \(numbers)")
    check(read.texts[0x26]?.count ?? 0 == properties.userProperties.count, "user properties")
    for (id, text) in texts where id != 0x12 { checkText(read.texts[id]?.first, text) }
  }

  private static func number<Value: FixedWidthInteger>(
    _ numbers: inout [UInt8: [Int]], _ id: UInt8, _ value: Int
  ) -> Value {
    numbers[id] = [value]
    return Value(value)
  }

  private static func suback(_ input: inout FuzzInput, _ version: ProtocolVersion, _ output: inout ByteBuffer) {
    let id = input.two()
    let reasons = (0..<(1 + input.two() % 300)).map { _ in input.pick(ReasonCode.allCases) }
    PacketEncoder.suback(packetID: UInt16(id), reasons: reasons, version: version, into: &output)
    let codes = reasons.map { reason in
      !reason.isFailure || version == .v5 ? reason.rawValue : version == .v3_1 ? 0 : 0x80
    }
    check(Array(body(output, 0x90)) == two(id) + (version == .v5 ? [0] : []) + codes, "SUBACK")
  }

  private static func unsuback(_ input: inout FuzzInput, _ version: ProtocolVersion, _ output: inout ByteBuffer) {
    let id = input.two()
    let reasons = (0..<(1 + input.two() % 300)).map { _ in input.pick(ReasonCode.allCases) }
    PacketEncoder.unsuback(packetID: UInt16(id), reasons: reasons, version: version, into: &output)
    let rest = version == .v5 ? [0] + reasons.map(\.rawValue) : []
    check(Array(body(output, 0xB0)) == two(id) + rest, "UNSUBACK")
  }

  private static func disconnect(_ input: inout FuzzInput, _ version: ProtocolVersion, _ output: inout ByteBuffer) {
    let reason = reason(&input)
    let (reasonString, reference) = (input.flag() ? text(&input) : nil, input.flag() ? text(&input) : nil)
    PacketEncoder.disconnect(
      reason: reason, reasonString: reasonString, serverReference: reference, version: version, into: &output)
    guard version == .v5 else { return check(output.isEmpty, "servers send none before 5.0") }
    let body = body(output, 0xE0)
    var at = body.startIndex + 1
    let read = list(body, &at)
    check(body.first == reason.rawValue && at == body.endIndex && read.numbers.isEmpty, "DISCONNECT")
    if let reasonString { checkText(read.texts[0x1F]?.first, reasonString) }
    if let reference { checkText(read.texts[0x1C]?.first, reference) }
  }

  private static func auth(_ input: inout FuzzInput, _ output: inout ByteBuffer) {
    let (method, data) = (Array(text(&input).utf8.prefix(1000)), input.flag() ? input.some() : nil)
    guard UTF8Text.isWellFormed(method.span) else { return }
    let reason = input.flag() ? ReasonCode.continueAuthentication : .reAuthenticate
    PacketEncoder.auth(reason: reason, method: method, data: data, into: &output)
    let packet = Array(output.bytes)
    packet.withUnsafeBufferPointer { bytes in
      guard case .frame(let header) = FixedHeader.read(bytes.span, at: 0, packetBytesMax: bytes.count, version: .v5),
        let read = try? AuthPacket.decode(bytes.span, header, .v5)
      else { return check(false, "AUTH that can't be read") }
      check(read.reason == reason && read.method.map { Array(bytes[$0]) } == method, "AUTH")
      check(read.data.map { Array(bytes[$0]) } == data, "data of AUTH")
    }
  }

  private static func acknowledgement(
    _ input: inout FuzzInput, _ version: ProtocolVersion, _ output: inout ByteBuffer
  ) {
    let type = input.pick([PacketType.puback, .pubrec, .pubrel, .pubcomp])
    let (id, reason) = (input.two(), reason(&input))
    PacketEncoder.acknowledgement(type, packetID: UInt16(id), reason: reason, version: version, into: &output)
    let first = type.rawValue << 4 | (type == .pubrel ? 2 : 0)
    let code = version == .v5 && reason != .success ? [reason.rawValue] : []
    check(Array(output.bytes) == Fuzzing.packet(first, two(id), code), "an acknowledgement")
    let packet = Array(output.bytes)
    packet.withUnsafeBufferPointer { bytes in
      guard case .frame(let header) = FixedHeader.read(bytes.span, at: 0, packetBytesMax: 5, version: version) else {
        return check(false, "an acknowledgement that is no packet")
      }
      // A server may have reasons that its clients have not.
      guard let read = try? AcknowledgementPacket.decode(bytes.span, header, version) else { return }
      check(read.type == type && Int(read.packetID) == id, "\(read)")
      check(read.reason == (version == .v5 ? reason : .success), "\(read)")
    }
  }
}
