/// A frame as a client could send it, right or wrong.
struct ClientFrame {
  var opcode: UInt8 = 2
  var isFinal = true
  var reserved: UInt8 = 0
  var mask: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D]
  var payload: [UInt8] = []
  /// 0, 2 or 8; nil for the fewest that do.
  var lengthBytes: Int?
  /// What the header says, when it is not what the payload has.
  var statedLength: UInt64?

  static func binary(_ payload: [UInt8], isFinal: Bool = true) -> ClientFrame {
    ClientFrame(isFinal: isFinal, payload: payload)
  }

  static func continuation(_ payload: [UInt8], isFinal: Bool) -> ClientFrame {
    ClientFrame(opcode: 0, isFinal: isFinal, payload: payload)
  }

  static func ping(_ payload: [UInt8]) -> ClientFrame { ClientFrame(opcode: 9, payload: payload) }

  static func close(_ payload: [UInt8]) -> ClientFrame { ClientFrame(opcode: 8, payload: payload) }

  static func close(code: UInt16, _ reason: [UInt8] = []) -> ClientFrame {
    close([UInt8(code >> 8), UInt8(code & 0xFF)] + reason)
  }

  var bytes: [UInt8] {
    let length = statedLength ?? UInt64(payload.count)
    let lengthBytes = lengthBytes ?? (length < 126 ? 0 : length < 0x1_0000 ? 2 : 8)
    var result = [(isFinal ? 0x80 : 0) | reserved << 4 | opcode]
    let short: UInt8 = lengthBytes == 0 ? UInt8(length) : lengthBytes == 2 ? 126 : 127
    result.append(short | (mask == nil ? 0 : 0x80))
    for place in 0..<lengthBytes { result.append(UInt8(length >> (8 * UInt64(lengthBytes - 1 - place)) & 0xFF)) }
    result += mask ?? []
    for (place, byte) in payload.enumerated() { result.append(byte ^ (mask.map { $0[place % 4] } ?? 0)) }
    return result
  }
}
