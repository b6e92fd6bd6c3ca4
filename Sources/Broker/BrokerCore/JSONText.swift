/// Writes JSON strings (RFC 8259 section 7): all that the program needs of JSON for log lines and health checks.
public enum JSONText {
  /// The text as a JSON string with its quotes. Control characters are escaped, also those above ASCII (U+0080 to
  /// U+009F) and the line separators U+2028 and U+2029, which a terminal or a script could act on.
  public static func string(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    escaped.append("\"")
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\":
        escaped.append("\\")
        escaped.append(scalar)
      case "\n": escaped.append(contentsOf: "\\n".unicodeScalars)
      case "\r": escaped.append(contentsOf: "\\r".unicodeScalars)
      case "\t": escaped.append(contentsOf: "\\t".unicodeScalars)
      case _ where isControl(scalar):
        let hex = String(scalar.value, radix: 16)
        escaped.append(contentsOf: "\\u\(String(repeating: "0", count: max(0, 4 - hex.count)))\(hex)".unicodeScalars)
      default: escaped.append(scalar)
      }
    }
    escaped.append("\"")
    return String(escaped)
  }

  /// Whether a character changes how the text around it is shown, rather than being shown: C0, DEL, C1, line and
  /// paragraph separators, and the marks that turn the direction of writing. All are below U+10000, so four digits name
  /// each.
  static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }
}
