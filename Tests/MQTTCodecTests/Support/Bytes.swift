import MQTTCodec

// What packets are made of, for tests that write packets byte by byte.

/// Bytes from hexadecimal digits; spaces don't matter.
func hex(_ digits: String) -> [UInt8] {
  let values = digits.utf8.filter { $0 != UInt8(ascii: " ") }.map { UInt8(String(UnicodeScalar($0)), radix: 16)! }
  return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
}

func varint(_ value: Int) -> [UInt8] {
  var rest = value
  var bytes: [UInt8] = []
  repeat {
    bytes.append(UInt8(rest % 128) | (rest >= 128 ? 0x80 : 0))
    rest /= 128
  } while rest > 0
  return bytes
}

func two(_ value: Int) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }
func four(_ value: UInt32) -> [UInt8] { two(Int(value >> 16)) + two(Int(value & 0xFFFF)) }
func text(_ string: String) -> [UInt8] { field(Array(string.utf8)) }
func field(_ bytes: [UInt8]) -> [UInt8] { two(bytes.count) + bytes }

/// A property list with the length before it.
func properties(_ list: [UInt8]...) -> [UInt8] {
  let bytes = list.reduce(into: []) { $0 += $1 }
  return varint(bytes.count) + bytes
}
func userProperty(_ name: String, _ value: String) -> [UInt8] { [0x26] + text(name) + text(value) }

/// A whole packet.
func packet(_ firstByte: UInt8, _ body: [UInt8]...) -> [UInt8] {
  let bytes = body.reduce(into: []) { $0 += $1 }
  return [firstByte] + varint(bytes.count) + bytes
}

extension Array<UInt8> {
  /// The part that a decoder found, as text.
  func text(_ range: Range<Int>?) -> String? { range.map { String(decoding: self[$0], as: UTF8.self) } }
}
