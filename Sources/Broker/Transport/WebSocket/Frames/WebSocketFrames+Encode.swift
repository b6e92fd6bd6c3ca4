import Glibc

/// The server's frames: never masked (RFC 6455 section 5.1), each a whole message and one MQTT packet.
///
/// Frames need not be where packets are ([MQTT-6.0.0-2]), but not every client knows: Paho's for C looks at a second
/// packet in a frame only when more comes in. And many libraries have a limit for messages, which one packet keeps that
/// a client takes.
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
  /// ``headerBytesMax`` bytes or for what ``headerCount(payloadCount:)`` says. Returns that count ([MQTT-6.0.0-1]).
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

  /// Bytes of all headers that `packets`, which are whole, need.
  static func headersCount(packets: UnsafeRawBufferPointer) -> Int {
    var headers = 0
    var at = 0
    while at < packets.count {
      let count = packetCount(packets, at: at)
      headers &+= headerCount(payloadCount: count)
      at &+= count
    }
    return headers
  }

  /// Puts each packet into a frame. In `buffer` there is first room for all headers, as ``headersCount(packets:)``
  /// says, and behind it are the packets, which move to the front one after the other.
  static func frame(_ buffer: UnsafeMutableRawBufferPointer, headersCount: Int) {
    guard let start = buffer.baseAddress else { return }
    var from = headersCount
    var to = 0
    while from < buffer.count {
      let count = packetCount(UnsafeRawBufferPointer(buffer), at: from)
      let room = UnsafeMutableRawBufferPointer(rebasing: buffer[to..<from]).bindMemory(to: UInt8.self)
      to &+= header(payloadCount: count, into: room)
      if to < from { memmove(start + to, start + from, count) }
      to &+= count
      from &+= count
    }
  }

  /// Bytes of the packet at `at` (MQTT 5.0 section 2.1.4), within what there is.
  private static func packetCount(_ bytes: UnsafeRawBufferPointer, at: Int) -> Int {
    var length = 0
    var place = at &+ 1
    while place < bytes.count, place &- at <= 4 {
      let byte = bytes[place]
      length |= Int(byte & 0x7F) &<< (7 &* (place &- at &- 1))
      place &+= 1
      if byte < 0x80 { return min(place &- at &+ length, bytes.count &- at) }
    }
    return bytes.count &- at
  }

  /// A Close frame with `code`, or with none (RFC 6455 section 5.5.1).
  static func closeFrame(code: UInt16?) -> [UInt8] {
    guard let code else { return [0x88, 0] }
    return [0x88, 2, UInt8(code >> 8), UInt8(truncatingIfNeeded: code)]
  }
}
