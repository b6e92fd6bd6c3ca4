extension ConnectProperties {
  /// Reads the properties of CONNECT, length first.
  static func decode(
    _ bytes: Span<UInt8>, from packet: inout FieldReader
  ) throws(ProtocolFault) -> ConnectProperties {
    var reader = try PropertyReader(bytes, from: &packet, allowed: .connect)
    var result = ConnectProperties()
    while let id = try reader.next(bytes) {
      switch id {
      case .sessionExpiryInterval: result.sessionExpirySeconds = try reader.fields.fourByteInteger(bytes)
      case .topicAliasMaximum: result.topicAliasMaximum = try reader.fields.twoByteInteger(bytes)
      case .requestResponseInformation: result.wantsResponseInformation = try reader.flag(bytes)
      case .requestProblemInformation: result.wantsProblemInformation = try reader.flag(bytes)
      case .authenticationMethod: result.authenticationMethod = try reader.fields.string(bytes)
      case .authenticationData: result.authenticationData = try reader.fields.binaryData(bytes)
      case .receiveMaximum:
        result.receiveMaximum = try reader.fields.twoByteInteger(bytes)
        guard result.receiveMaximum != 0 else { throw .protocolError("receive maximum 0") }
      case .maximumPacketSize:
        let max = try reader.fields.fourByteInteger(bytes)
        guard max != 0 else { throw .protocolError("maximum packet size 0") }
        result.packetBytesMax = max
      default: throw .malformed("a property that this packet must not have")
      }
    }
    if result.authenticationData != nil, result.authenticationMethod == nil {
      throw .protocolError("authentication data without a method")
    }
    result.userPropertyCount = reader.userPropertyCount
    return result
  }
}
