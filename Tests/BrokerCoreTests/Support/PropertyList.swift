/// The properties of a packet that the broker sent: numbers and texts by their identifier.
struct PropertyList: Equatable {
  var numbers: [UInt8: [Int]] = [:]
  var texts: [UInt8: [String]] = [:]

  init() {}

  /// Reads the list that starts at `at` with its length, and moves `at` behind it; nil when it isn't well-formed.
  init?(_ bytes: ArraySlice<UInt8>, _ at: inout Int) {
    guard let length = readVarint(bytes, &at), at + length <= bytes.endIndex else { return nil }
    let end = at + length
    while at < end {
      let id = bytes[at]
      at += 1
      switch id {
      case 0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A: numbers[id, default: []].append(readNumber(bytes, &at, 1))
      case 0x13, 0x21, 0x22, 0x23: numbers[id, default: []].append(readNumber(bytes, &at, 2))
      case 0x02, 0x11, 0x18, 0x27: numbers[id, default: []].append(readNumber(bytes, &at, 4))
      case 0x0B:
        guard let value = readVarint(bytes, &at) else { return nil }
        numbers[id, default: []].append(value)
      case 0x03, 0x08, 0x09, 0x12, 0x15, 0x16, 0x1A, 0x1C, 0x1F:
        guard let value = readText(bytes, &at) else { return nil }
        texts[id, default: []].append(value)
      case 0x26:
        guard let name = readText(bytes, &at), let value = readText(bytes, &at) else { return nil }
        texts[id, default: []].append("\(name)=\(value)")
      default: return nil
      }
    }
    guard at == end else { return nil }
  }
}

func readNumber(_ bytes: ArraySlice<UInt8>, _ at: inout Int, _ width: Int) -> Int {
  let value = bytes[at..<min(at + width, bytes.endIndex)].reduce(0) { $0 << 8 | Int($1) }
  at += width
  return value
}

func readVarint(_ bytes: ArraySlice<UInt8>, _ at: inout Int) -> Int? {
  var value = 0
  for shift in 0..<4 {
    guard at < bytes.endIndex else { return nil }
    value |= Int(bytes[at] & 0x7F) << (7 * shift)
    at += 1
    if bytes[at - 1] < 0x80 { return value }
  }
  return nil
}

func readText(_ bytes: ArraySlice<UInt8>, _ at: inout Int) -> String? {
  guard at + 2 <= bytes.endIndex else { return nil }
  let count = readNumber(bytes, &at, 2)
  guard at + count <= bytes.endIndex else { return nil }
  at += count
  return String(decoding: bytes[(at - count)..<at], as: UTF8.self)
}
