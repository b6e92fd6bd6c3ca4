/// Finds which patterns fit a client: literal ones in a table, those with `*` one by one.
struct NameIndex: Sendable {
  private var literals: [NamePattern: [Int]] = [:]
  private var wildcards: [(pattern: NamePattern, value: Int)] = []

  /// How many patterns with `*` there are.
  var wildcardCount: Int { wildcards.count }

  /// Adds a pattern and what it stands for.
  mutating func add(_ pattern: NamePattern, _ value: Int) {
    if pattern.isLiteral {
      literals[pattern, default: []].append(value)
    } else {
      wildcards.append((pattern, value))
    }
  }

  /// What the patterns that fit the client stand for, ascending, each once.
  func values(for identity: Identity) -> [Int] {
    var found: [Int] = []
    func look(_ kind: NamePattern.Kind, _ name: String) {
      // A literal "*" in a name can't be looked up: no literal pattern holds one.
      if let values = literals[NamePattern(kind: kind, text: name)] { found.append(contentsOf: values) }
    }
    look(.client, identity.clientID)
    if let name = identity.userName { look(.user, name) }
    if let name = identity.certificateName {
      look(.certificate(nil), name)
      if let source = identity.certificateNameSource { look(.certificate(source), name) }
    }
    for (pattern, value) in wildcards where pattern.matches(identity) { found.append(value) }
    if found.count < 2 { return found }
    found.sort()
    var unique: [Int] = []
    for value in found where value != unique.last { unique.append(value) }
    return unique
  }
}
