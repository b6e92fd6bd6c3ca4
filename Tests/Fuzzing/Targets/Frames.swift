import MQTTCodec

@testable import Transport

/// A client's WebSocket frames: however they are cut into reads they say the same, and what a careful client wraps
/// comes out as it was.
enum FuzzTarget {
  private struct Outcome: Equatable {
    var payload: [UInt8] = []
    var replies: [UInt8] = []
    var close: WebSocketClose?
  }

  static func run(_ bytes: UnsafeBufferPointer<UInt8>) {
    var input = FuzzInput(bytes)
    let isWellFormed = input.flag()
    let cuts = (0..<input.below(8)).map { _ in 1 + input.below(40) }
    let bytesMax = 1 + input.two()
    if isWellFormed {
      wrap(&input, cuts)
    } else {
      let frames = input.rest()
      let whole = decode(frames, [], bytesMax)
      check(decode(frames, cuts, bytesMax) == whole, "cut into reads they say something else")
      check(decode(frames, [Int](repeating: 1, count: frames.count), bytesMax) == whole, "byte by byte as well")
    }
  }

  private static func decode(_ frames: [UInt8], _ cuts: [Int], _ bytesMax: Int) -> Outcome {
    var decoder = WebSocketFrames()
    var outcome = Outcome()
    var replies = ByteBuffer()
    var at = 0
    var sizes = cuts[...]
    while at < frames.count {
      // A piece has memory of exactly its size, where the sanitizer sees each step past its ends.
      var piece = Array(frames[at..<min(at + (sizes.popFirst() ?? frames.count), frames.count)])
      at += piece.count
      let size = piece.count
      let result = piece.withUnsafeMutableBufferPointer {
        decoder.decode($0, messageBytesMax: bytesMax, replies: &replies)
      }
      check(result.payloadCount <= size, "more payload than bytes")
      check(
        outcome.close == nil || result.payloadCount == 0 && result.close == outcome.close, "it goes on after its end")
      outcome.payload += piece[..<result.payloadCount]
      outcome.close = result.close
    }
    outcome.replies = Array(replies.bytes)
    check(outcome.replies.count <= frames.count, "more replies than frames")
    return outcome
  }

  /// Messages of a client that keeps the rules, with control frames between their fragments.
  private static func wrap(_ input: inout FuzzInput, _ cuts: [Int]) {
    var frames: [UInt8] = []
    var expected = Outcome()
    var isInMessage = false
    var hasClosed = false
    while !input.isAtEnd {
      let kind = input.below(6)
      var payload = input.some(130)
      // Once: the length of eight bytes is what it is about.
      if kind == 1, frames.isEmpty, input.below(8) == 0 { payload = [UInt8](repeating: 7, count: 65_536) }
      let isFinal = input.flag()
      let mask = [input.byte(), input.byte(), input.byte(), input.byte()]
      let first: UInt8
      switch kind {
      case 0...2:
        first = (isFinal ? 0x80 : 0) | (isInMessage ? 0 : 2)
        isInMessage = !isFinal
        if !hasClosed { expected.payload += payload }
      case 3, 4:
        payload = Array(payload.prefix(125))
        first = kind == 3 ? 0x89 : 0x8A
        if kind == 3, !hasClosed { expected.replies += [0x8A, UInt8(payload.count)] + payload }
      default:
        payload = [0x03, 0xE8]
        first = 0x88
        if !hasClosed { expected.close = WebSocketClose(code: 1000, fault: nil) }
        hasClosed = true
      }
      frames += [first] + length(payload.count) + mask
      frames += payload.indices.map { payload[$0] ^ mask[$0 & 3] }
    }
    check(decode(frames, cuts, .max) == expected, "what was wrapped comes out otherwise")
    serverHeader(frames.count)
  }

  private static func length(_ count: Int) -> [UInt8] {
    let digits = { (bytes: Int) in (0..<bytes).map { UInt8(truncatingIfNeeded: count >> (8 * (bytes - 1 - $0))) } }
    return count < 126 ? [0x80 | UInt8(count)] : count < 65_536 ? [0xFE] + digits(2) : [0xFF] + digits(8)
  }

  /// The server's own headers say the same, without a mask.
  private static func serverHeader(_ count: Int) {
    var header = [UInt8](repeating: 0xAA, count: WebSocketFrames.headerBytesMax)
    let size = header.withUnsafeMutableBufferPointer { WebSocketFrames.header(payloadCount: count, into: $0) }
    var expected = [0x82] + length(count)
    expected[1] &= 0x7F
    check(size == WebSocketFrames.headerCount(payloadCount: count) && Array(header[..<size]) == expected, "header")
  }
}
