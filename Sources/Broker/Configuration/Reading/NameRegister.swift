import YAML

/// Names that may be given once.
struct NameRegister {
  /// What is named, for messages: `listener`.
  let kind: String
  private var places: [String: SourcePlace] = [:]

  init(of kind: String) { self.kind = kind }

  /// Takes a name; reports it if it was given before.
  mutating func take(_ name: Placed<String>?, _ problems: Problems) {
    guard let name else { return }
    if let first = places[name.value] {
      problems.error(
        at: name.place, "duplicate \(kind) name \(YAMLError.quoted(name.value)): it was first given at \(first)")
    } else {
      places[name.value] = name.place
    }
  }
}
