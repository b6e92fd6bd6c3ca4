/// Text of a file as it may stand in a one-line message: in quotes, cut, control characters escaped.
func quoted(_ text: String) -> String {
  let shownMax = 60
  var shown = "\""
  for scalar in text.unicodeScalars.prefix(shownMax) {
    shown +=
      scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? scalar.escaped(asASCII: true) : String(scalar)
  }
  return shown + (text.unicodeScalars.count > shownMax ? "…\"" : "\"")
}
