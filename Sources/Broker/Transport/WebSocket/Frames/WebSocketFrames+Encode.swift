/// The server's frames: never masked (RFC 6455 section 5.1), each a whole message.
extension WebSocketFrames {
  /// The largest header of a server's frame.
  static let headerBytesMax = 10

  /// Bytes of the header in front of `payloadCount` bytes.
  static func headerCount(payloadCount: Int) -> Int {
    switch payloadCount {
    case ..<126: 2
    case ..<0x1_0000: 4
    default: 10
    }
  }

  /// Writes the header of a binary frame of `payloadCount` bytes to the start of `buffer`, which has room for
  /// ``headerBytesMax`` bytes or for what ``headerCount(payloadCount:)`` says. Returns that count.
  ///
  /// The output of one flush is one frame, whatever packets are in it ([MQTT-6.0.0-1], [MQTT-6.0.0-2]).
  static func header(payloadCount: Int, into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    let count = headerCount(payloadCount: payloadCount)
    precondition(buffer.count >= count && payloadCount >= 0)
    buffer[0] = 0x82
    switch count {
    case 2: buffer[1] = UInt8(truncatingIfNeeded: payloadCount)
    case 4: buffer[1] = 126
    default: buffer[1] = 127
    }
    for place in 2..<max(count, 2) {
      buffer[place] = UInt8(truncatingIfNeeded: payloadCount &>> ((count &- 1 &- place) &* 8))
    }
    return count
  }

  /// A Close frame with `code`, or with none (RFC 6455 section 5.5.1).
  static func closeFrame(code: UInt16?) -> [UInt8] {
    guard let code else { return [0x88, 0] }
    return [0x88, 2, UInt8(code >> 8), UInt8(truncatingIfNeeded: code)]
  }
}
