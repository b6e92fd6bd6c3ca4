extension YAMLError {
  /// Text of a file as it may stand in a one-line message: in quotes, cut after 60 characters, control characters
  /// escaped.
  public static func quoted(_ text: String) -> String {
    let shownMax = 60
    var shown = "\""
    for scalar in text.unicodeScalars.prefix(shownMax) {
      let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
      shown += isControl ? scalar.escaped(asASCII: true) : String(scalar)
    }
    return shown + (text.unicodeScalars.dropFirst(shownMax).isEmpty ? "\"" : "…\"")
  }
}
