import MQTTCodec

@testable import Transport

/// Feeds a decoder as a connection does, piece by piece, and keeps what came out.
struct FrameReader {
  var frames = WebSocketFrames()
  var messageBytesMax = 1 << 20
  private(set) var payload: [UInt8] = []
  private(set) var replies: [UInt8] = []
  private(set) var close: WebSocketClose?

  mutating func receive(_ piece: some Sequence<UInt8>) {
    var bytes = Array(piece)
    var output = ByteBuffer()
    bytes.withUnsafeMutableBufferPointer { buffer in
      let input = frames.decode(buffer, messageBytesMax: messageBytesMax, replies: &output)
      payload += buffer[..<input.payloadCount]
      close = input.close
    }
    replies += output.bytes
  }

  /// What comes of `bytes`, cut at `cuts`.
  static func read(_ bytes: [UInt8], cuts: [Int] = [], messageBytesMax: Int = 1 << 20) -> FrameReader {
    var reader = FrameReader(messageBytesMax: messageBytesMax)
    var start = 0
    for cut in cuts + [bytes.count] {
      reader.receive(bytes[start..<cut])
      start = cut
    }
    return reader
  }

  static func read(_ sent: [ClientFrame], messageBytesMax: Int = 1 << 20) -> FrameReader {
    read(sent.flatMap(\.bytes), messageBytesMax: messageBytesMax)
  }

  /// What a client sees: the payload that was taken, what was answered, and how it ended.
  var outcome: String {
    guard let close else { return "\(payload) \(replies) open" }
    return "\(payload) \(replies) \(close.code ?? 0) \(close.fault ?? "in order")"
  }
}
