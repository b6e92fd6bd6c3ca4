import MQTTCodec

/// Any packet that a client may send, decoded as a broker does it.
enum ClientPacket {
  case connect(ConnectPacket)
  case publish(PublishPacket)
  case acknowledgement(AcknowledgementPacket)
  case subscribe(SubscribePacket)
  case unsubscribe(UnsubscribePacket)
  case pingreq
  case disconnect(DisconnectPacket)
  case auth(AuthPacket)
  /// A packet that only servers send.
  case fromServer(PacketType)

  init(_ bytes: Span<UInt8>, _ header: FixedHeader, _ version: ProtocolVersion) throws(ProtocolFault) {
    switch header.type {
    case .connect: self = .connect(try ConnectPacket.decode(bytes, header))
    case .publish: self = .publish(try PublishPacket.decode(bytes, header, version))
    case .puback, .pubrec, .pubrel, .pubcomp:
      self = .acknowledgement(try AcknowledgementPacket.decode(bytes, header, version))
    case .subscribe: self = .subscribe(try SubscribePacket.decode(bytes, header, version))
    case .unsubscribe: self = .unsubscribe(try UnsubscribePacket.decode(bytes, header, version))
    case .pingreq: self = .pingreq
    case .disconnect: self = .disconnect(try DisconnectPacket.decode(bytes, header, version))
    case .auth: self = .auth(try AuthPacket.decode(bytes, header, version))
    case .connack, .suback, .unsuback, .pingresp: self = .fromServer(header.type)
    }
  }

  /// All ranges that the packet holds.
  var ranges: [Range<Int>] {
    switch self {
    case .connect(let packet):
      let properties = packet.properties
      let will = packet.will.map { [$0.topic, $0.payload] + $0.properties.ranges } ?? []
      let optional = [
        packet.userName, packet.password, properties.authenticationMethod, properties.authenticationData,
      ]
      return [packet.clientID] + will + optional.compactMap(\.self)
    case .publish(let packet): return [packet.topic, packet.payload] + packet.properties.ranges
    case .subscribe(let packet): return packet.requests.map(\.filter)
    case .unsubscribe(let packet): return packet.filters
    case .auth(let packet): return [packet.method, packet.data].compactMap(\.self)
    case .acknowledgement, .pingreq, .disconnect, .fromServer: return []
    }
  }
}

extension PublishProperties {
  var ranges: [Range<Int>] { [block] + [contentType, responseTopic, correlationData].compactMap(\.self) }

  /// What receivers get of them.
  func forwarded(from bytes: [UInt8]) -> [UInt8] {
    var buffer = ByteBuffer()
    appendForwardable(from: bytes.span, to: &buffer)
    return Array(buffer.bytes)
  }
}

/// The header of the packet that `bytes` start with; bytes are missing is a fault of its own here.
func header(_ bytes: [UInt8], _ version: ProtocolVersion?, max: Int = 1 << 28) throws(ProtocolFault) -> FixedHeader {
  switch FixedHeader.read(bytes.span, at: 0, packetBytesMax: max, version: version) {
  case .frame(let header): return header
  case .malformed(let fault): throw fault
  case .incomplete: throw ProtocolFault(.unspecifiedError, "incomplete")
  }
}

/// The packet that `bytes` start with.
func decode(_ bytes: [UInt8], _ version: ProtocolVersion) throws(ProtocolFault) -> ClientPacket {
  try ClientPacket(bytes.span, try header(bytes, version), version)
}

/// What is wrong with the packet that `bytes` start with, or nil.
func fault(_ bytes: [UInt8], _ version: ProtocolVersion) -> ReasonCode? {
  do throws(ProtocolFault) {
    _ = try decode(bytes, version)
    return nil
  } catch {
    return error.reason
  }
}

func publish(_ bytes: [UInt8], _ version: ProtocolVersion) throws(ProtocolFault) -> PublishPacket {
  try PublishPacket.decode(bytes.span, try header(bytes, version), version)
}

/// What an encoder appends.
func encoded(_ append: (inout ByteBuffer) -> Void) -> [UInt8] {
  var buffer = ByteBuffer()
  append(&buffer)
  return Array(buffer.bytes)
}
