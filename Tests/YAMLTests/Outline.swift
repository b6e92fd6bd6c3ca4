import YAML

extension YAMLDocument {
  init(_ text: String, limits: YAMLLimits = YAMLLimits()) {
    self.init(parsing: Array(text.utf8), file: "f.yaml", limits: limits)
  }

  /// Errors as they are printed.
  var printed: [String] { errors.map(\.description) }
}

extension YAMLNode {
  /// The tree in one line: `line:column` before each node, quoted scalars in quotes.
  var outline: String {
    switch content {
    case .refused: "\(place.line):\(place.column) refused"
    case .scalar(let scalar):
      "\(place.line):\(place.column) " + (scalar.style == .quoted ? "'\(scalar.text)'" : scalar.text)
    case .sequence(let items):
      "\(place.line):\(place.column) [" + items.map(\.outline).joined(separator: ", ") + "]"
    case .mapping(let mapping):
      "\(place.line):\(place.column) {"
        + mapping.entries.map { "\($0.keyPlace.line):\($0.keyPlace.column) \($0.key) = \($0.value.outline)" }
        .joined(separator: ", ") + "}"
    }
  }
}
