// What packets are made of, for a client that writes them byte by byte.

func varint(_ value: Int) -> [UInt8] {
  var rest = value
  var bytes: [UInt8] = []
  repeat {
    bytes.append(UInt8(rest % 128) | (rest >= 128 ? 0x80 : 0))
    rest /= 128
  } while rest > 0
  return bytes
}

func two(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)] }
func four(_ value: Int) -> [UInt8] { two(value >> 16) + two(value & 0xFFFF) }
func text(_ string: String) -> [UInt8] { field(Array(string.utf8)) }
func field(_ bytes: [UInt8]) -> [UInt8] { two(bytes.count) + bytes }

/// A property list with the length before it.
func properties(_ list: [UInt8]...) -> [UInt8] {
  let bytes = list.reduce(into: []) { $0 += $1 }
  return varint(bytes.count) + bytes
}

/// A whole packet.
func packet(_ firstByte: UInt8, _ body: [UInt8]...) -> [UInt8] {
  let bytes = body.reduce(into: []) { $0 += $1 }
  return [firstByte] + varint(bytes.count) + bytes
}

/// Bytes from hexadecimal digits; spaces don't matter.
func hex(_ digits: String) -> [UInt8] {
  let values = digits.compactMap { $0.hexDigitValue }
  return stride(from: 0, to: values.count - 1, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
}
