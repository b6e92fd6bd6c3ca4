import MQTTCodec

/// Any bytes as the first packet of a connection; what is decoded says the same when it is written and read again.
enum FuzzTarget {
  static func run(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard case .frame(let header) = FixedHeader.read(bytes.span, at: 0, packetBytesMax: 1 << 16),
      header.type == .connect
    else { return }
    let answer = ConnectPacket.versionOfAnswer(bytes.span, header)
    let packet: ConnectPacket
    do {
      packet = try ConnectPacket.decode(bytes.span, header)
    } catch {
      return check(error.reason.isFailure && !error.description.isEmpty, "\(error)")
    }
    check(answer == packet.version, "it would be answered as another version")
    ConnectWriter.bytes(packet, bytes).withUnsafeBufferPointer { again in
      guard case .frame(let same) = FixedHeader.read(again.span, at: 0, packetBytesMax: again.count) else {
        return check(false, "what was written is no packet")
      }
      do {
        let content = try PacketContent.decode(bytes, header, packet.version)
        check(try PacketContent.decode(again, same, packet.version) == content, "written again it says something else")
      } catch {
        check(false, "what was written is refused: \(error)")
      }
    }
  }
}
