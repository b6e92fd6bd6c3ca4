/// A name from outside, made fit for a log line: control characters escaped, cut after 64 characters.
func printable(_ text: String) -> String {
  let charactersMax = 64
  var result = ""
  for (index, scalar) in text.unicodeScalars.enumerated() {
    if index == charactersMax { return result + "..." }
    if isControl(scalar) {
      result += "\\u{\(String(scalar.value, radix: 16))}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// Whether the character belongs to none of a person's names: C0, DEL, C1, and the line separators of Unicode.
func isControl(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0...0x1F, 0x7F...0x9F, 0x2028, 0x2029: true
  default: false
  }
}
