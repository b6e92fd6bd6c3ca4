import MQTTCodec

/// Decodes what a read brought: many packets of one kind, walked as a shard walks them.
enum Decoding {
  static let packetsInBuffer = 64

  static func figures(_ version: ProtocolVersion, _ stopwatch: Stopwatch) -> [Figure] {
    ClientPackets(version: version).all.map { kind, bytes in
      let buffer = [[UInt8]](repeating: bytes, count: packetsInBuffer).flatMap { $0 }
      let runs = buffer.withUnsafeBufferPointer { buffer in
        guard walk(buffer, version) == packetsInBuffer else { fatalError("\(kind) is not decoded") }
        return stopwatch.measure(count: packetsInBuffer) { keep(walk(buffer, version)) }
      }
      return Figure(direction: "decode", version: version, kind: kind, bytes: bytes.count, nanoseconds: runs)
    }
  }

  /// How many packets are well-formed.
  @inline(never)
  private static func walk(_ buffer: UnsafeBufferPointer<UInt8>, _ version: ProtocolVersion) -> Int {
    let span = buffer.span
    var count = 0
    var at = 0
    while at < buffer.count {
      guard case .frame(let header) = FixedHeader.read(span, at: at, packetBytesMax: 1 << 20, version: version) else {
        return count
      }
      do {
        switch header.type {
        case .publish: keep(try PublishPacket.decode(span, header, version).payload.count)
        case .puback, .pubrec, .pubrel, .pubcomp:
          keep(try AcknowledgementPacket.decode(span, header, version).packetID)
        case .subscribe: keep(try SubscribePacket.decode(span, header, version).packetID)
        case .unsubscribe: keep(try UnsubscribePacket.decode(span, header, version).packetID)
        case .connect: keep(try ConnectPacket.decode(span, header).keepAliveSeconds)
        case .disconnect: keep(try DisconnectPacket.decode(span, header, version).reason)
        case .auth: keep(try AuthPacket.decode(span, header, version).reason)
        case .pingreq: break
        case .connack, .suback, .unsuback, .pingresp: return count
        }
      } catch { return count }
      count += 1
      at = header.body.upperBound
    }
    return count
  }
}
