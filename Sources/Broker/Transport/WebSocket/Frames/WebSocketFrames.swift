import MQTTCodec

/// Takes MQTT's bytes out of a client's WebSocket frames (RFC 6455 section 5), and makes the server's frames.
///
/// A value without I/O. It unmasks in the buffer that was read into and keeps nothing of the payload: between calls
/// there is only what a header said so far, and at most 125 bytes of a control frame that has not ended. Each byte is
/// handled once. Frames and messages mean nothing to MQTT ([MQTT-6.0.0-2]), so that no message is ever put together.
struct WebSocketFrames: Sendable {
  /// What the next byte is.
  private enum Stage: UInt8 {
    case first, second, length, mask, payload
  }

  private enum Opcode {
    static let continuation: UInt8 = 0, text: UInt8 = 1, binary: UInt8 = 2
    static let close: UInt8 = 8, ping: UInt8 = 9, pong: UInt8 = 10
  }

  private var stage = Stage.first
  /// Bytes of the length or the mask that are still to come.
  private var pending: UInt8 = 0
  private var isTwoByteLength = false
  private var opcode: UInt8 = 0
  private var isFinal = false
  /// A message has begun whose last fragment has not.
  private var isInMessage = false
  /// The lowest byte is for the next byte of payload.
  private var mask: UInt32 = 0
  /// Bytes of payload that are still to come.
  private var remaining: UInt64 = 0
  /// Payload of the message's frames, as their headers say.
  private var messageBytes: UInt64 = 0
  /// Payload of the control frame that is being received.
  private var control: [UInt8] = []
  private(set) var close: WebSocketClose?

  /// Decodes what was just read; `buffer` is overwritten, its first bytes with payload.
  ///
  /// Appends to `replies` the Pong frames that are to be sent before anything else. Over time they are fewer bytes than
  /// those that were decoded. Frames and messages may have `messageBytesMax` bytes of payload. After the end,
  /// everything is ignored and the same end is returned.
  mutating func decode(
    _ buffer: UnsafeMutableBufferPointer<UInt8>, messageBytesMax: Int, replies: inout ByteBuffer
  ) -> WebSocketInput {
    guard close == nil, let bytes = buffer.baseAddress else { return WebSocketInput(payloadCount: 0, close: close) }
    let end = buffer.count
    var from = 0
    var to = 0
    while from < end {
      if stage == .payload {
        let count = Int(truncatingIfNeeded: min(remaining, UInt64(truncatingIfNeeded: end &- from)))
        if opcode < Opcode.close {
          mask = WebSocketMask.move(bytes + from, to: bytes + to, count: count, mask: mask)
          to &+= count
        } else {
          keepControl(UnsafeBufferPointer(start: bytes + from, count: count))
        }
        from &+= count
        remaining &-= UInt64(truncatingIfNeeded: count)
      } else {
        header(bytes[from], UInt64(truncatingIfNeeded: messageBytesMax))
        from &+= 1
      }
      if stage == .payload, remaining == 0 { frameEnded(&replies) }
      if close != nil { break }
    }
    return WebSocketInput(payloadCount: to, close: close)
  }

  /// The next byte of a frame's header (RFC 6455 section 5.2).
  @inline(__always)
  private mutating func header(_ byte: UInt8, _ messageBytesMax: UInt64) {
    switch stage {
    case .first:
      begin(byte)
    case .second:
      guard byte & 0x80 != 0 else { return fail("a frame of a client is not masked") }
      let length = byte & 0x7F
      guard opcode < Opcode.close || length <= 125 else { return fail("a control frame has more than 125 bytes") }
      if length < 126 {
        lengthKnown(UInt64(length), messageBytesMax)
      } else {
        remaining = 0
        isTwoByteLength = length == 126
        pending = isTwoByteLength ? 2 : 8
        stage = .length
      }
    case .length:
      remaining = remaining &<< 8 | UInt64(byte)
      pending &-= 1
      guard pending == 0 else { return }
      lengthKnown(remaining, messageBytesMax)
    case .mask:
      mask = mask &>> 8 | UInt32(byte) &<< 24
      pending &-= 1
      if pending == 0 { stage = .payload }
    case .payload:
      break
    }
  }

  @inline(__always)
  private mutating func begin(_ byte: UInt8) {
    isFinal = byte & 0x80 != 0
    opcode = byte & 0x0F
    guard byte & 0x70 == 0 else { return fail("a frame has reserved bits set") }
    switch opcode {
    case Opcode.binary, Opcode.text:
      guard !isInMessage else { return fail("a message begins within another") }
      guard opcode == Opcode.binary else {
        // [MQTT-6.0.0-1]
        close = WebSocketClose(code: WebSocketClose.unsupportedData, fault: "a text frame; MQTT needs binary ones")
        return
      }
      messageBytes = 0
    case Opcode.continuation:
      guard isInMessage else { return fail("a frame continues no message") }
    case Opcode.close, Opcode.ping, Opcode.pong:
      guard isFinal else { return fail("a control frame is fragmented") }
    default:
      return fail("a frame has the reserved opcode \(opcode)")
    }
    if opcode < Opcode.close { isInMessage = !isFinal }
    stage = .second
  }

  @inline(__always)
  private mutating func lengthKnown(_ length: UInt64, _ messageBytesMax: UInt64) {
    if stage == .length {
      // Two bytes of length are needed from 126 on, eight from 65,536.
      let isMinimal = length > 0xFFFF || isTwoByteLength && length > 125
      guard isMinimal else { return fail("a frame's length is not written in the fewest bytes") }
      guard length >> 63 == 0 else { return fail("a frame's length has its highest bit set") }
    }
    if opcode < Opcode.close {
      guard length <= messageBytesMax &- messageBytes else {
        close = WebSocketClose(
          code: WebSocketClose.messageTooBig, fault: "a message has more than \(messageBytesMax) bytes")
        return
      }
      messageBytes &+= length
    }
    remaining = length
    pending = 4
    stage = .mask
  }

  @inline(never)
  private mutating func keepControl(_ bytes: UnsafeBufferPointer<UInt8>) {
    for byte in bytes {
      control.append(byte ^ UInt8(truncatingIfNeeded: mask))
      mask = WebSocketMask.rotated(mask, by: 1)
    }
  }

  @inline(__always)
  private mutating func frameEnded(_ replies: inout ByteBuffer) {
    stage = .first
    if opcode >= Opcode.close { controlEnded(&replies) }
  }

  @inline(never)
  private mutating func controlEnded(_ replies: inout ByteBuffer) {
    let payload = control
    control = []
    switch opcode {
    case Opcode.ping:
      replies.append(0x80 | Opcode.pong)
      replies.append(UInt8(truncatingIfNeeded: payload.count))
      payload.withUnsafeBytes { replies.append($0) }
    case Opcode.close:
      close = Self.answer(toClose: payload)
    default:
      // A Pong that nobody asked for is a sign of life (RFC 6455 section 5.5.3).
      break
    }
  }

  private static func answer(toClose payload: [UInt8]) -> WebSocketClose {
    guard let high = payload.first else { return WebSocketClose(code: nil, fault: nil) }
    guard payload.count >= 2 else { return .protocolError("a Close frame has half a code") }
    let code = UInt16(high) << 8 | UInt16(payload[1])
    guard WebSocketClose.isValid(code) else { return .protocolError("a Close frame has the code \(code)") }
    guard payload[2...].withUnsafeBytes({ UTF8Text.isWellFormed($0, allowsNull: true) }) else {
      return WebSocketClose(
        code: WebSocketClose.invalidPayload, fault: "the reason of a Close frame is not UTF-8")
    }
    return WebSocketClose(code: code, fault: nil)
  }

  @inline(never)
  private mutating func fail(_ fault: String) { close = .protocolError(fault) }
}
