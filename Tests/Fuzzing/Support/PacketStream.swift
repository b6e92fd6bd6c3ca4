import MQTTCodec

/// Walks what a client sent, packet by packet, as a shard does.
enum PacketStream {
  private static let packetBytesMax = 1 << 16

  static func check(_ bytes: UnsafeBufferPointer<UInt8>, _ version: ProtocolVersion) {
    var at = 0
    while at < bytes.count {
      switch FixedHeader.read(bytes.span, at: at, packetBytesMax: packetBytesMax, version: version) {
      case .incomplete(let neededBytes):
        Fuzzing.check(neededBytes > bytes.count - at, "it asks for what is there")
        return
      case .malformed(let fault):
        Fuzzing.check(fault.reason.isFailure && !fault.description.isEmpty, "\(fault)")
        return
      case .frame(let header):
        Fuzzing.check(header.start == at && header.packetBytes >= 2, "\(header)")
        Fuzzing.check(header.body.upperBound <= bytes.count && header.packetBytes <= packetBytesMax, "\(header)")
        checkPacket(bytes, header, version)
        at = header.body.upperBound
      }
    }
  }

  /// A packet says the same wherever it lies and whatever is around it, and less than all of it is no packet.
  private static func checkPacket(
    _ bytes: UnsafeBufferPointer<UInt8>, _ header: FixedHeader, _ version: ProtocolVersion
  ) {
    let here = outcome(bytes, header, version)
    // In memory of exactly its size, where the sanitizer sees each read past the end.
    Array(bytes[header.start..<header.body.upperBound]).withUnsafeBufferPointer { alone in
      guard case .frame(let same) = FixedHeader.read(alone.span, at: 0, packetBytesMax: alone.count, version: version)
      else { return Fuzzing.check(false, "it is no packet alone") }
      Fuzzing.check(same.type == header.type && same.body.count == header.body.count, "\(same) is not \(header)")
      Fuzzing.check(outcome(alone, same, version) == here, "it says something else alone")
      let most = alone.count - 1
      guard case .malformed(let fault) = FixedHeader.read(alone.span, at: 0, packetBytesMax: most, version: version),
        fault.reason == .packetTooLarge || header.type == .pingreq
      else { return Fuzzing.check(false, "it is larger than it may be") }
      let cut = UnsafeBufferPointer(rebasing: alone.dropLast())
      guard case .incomplete(let needed) = FixedHeader.read(cut.span, at: 0, packetBytesMax: 1 << 20, version: version),
        cut.count < needed, needed <= alone.count
      else { return Fuzzing.check(false, "a part of it is taken for a packet") }
    }
  }

  private static func outcome(
    _ bytes: UnsafeBufferPointer<UInt8>, _ header: FixedHeader, _ version: ProtocolVersion
  ) -> Result<PacketContent.Fields?, ProtocolFault> {
    do {
      return .success(try PacketContent.decode(bytes, header, version))
    } catch {
      Fuzzing.check(error.reason.isFailure && !error.description.isEmpty, "\(error)")
      return .failure(error)
    }
  }
}
