/// The names that mean something in a template of one kind.
struct TemplateVocabulary: Sendable {
  let captures: [String]
  let variables: [(name: String, variable: TemplateVariable)]
  /// Whether `{header:name}` is known.
  let knowsHeaders: Bool

  /// Names that a capture can't have.
  static let reserved: Set<String> = [
    "client", "user", "certificate", "topic", "qos", "key", "partition", "offset", "header",
  ]

  /// Templates that make something for Kafka from a publish.
  static func toKafka(captures: [String]) -> TemplateVocabulary {
    TemplateVocabulary(
      captures: captures,
      variables: [
        ("client", .client), ("user", .user), ("certificate", .certificate), ("topic", .topic), ("qos", .qos),
      ],
      knowsHeaders: false)
  }

  /// Templates that make an MQTT topic from a record.
  static let fromKafka = TemplateVocabulary(
    captures: [], variables: [("key", .key), ("topic", .topic), ("partition", .partition), ("offset", .offset)],
    knowsHeaders: true)

  func variable(named name: String) -> TemplateVariable? {
    if let capture = captures.firstIndex(of: name) { return .capture(capture) }
    return variables.first { $0.name == name }?.variable
  }

  /// Says what is known instead of `name`.
  func explainUnknown(_ name: String) -> String {
    let all = captures + variables.map(\.name)
    let near = all.map { (name: $0, distance: TemplateVocabulary.distance($0, name)) }.min { $0.distance < $1.distance }
    if let near, near.distance <= max(1, name.count / 3) {
      return "no capture named \(name); did you mean \(near.name)?"
    }
    let known = all.map { "{\($0)}" } + (knowsHeaders ? ["{header:name}"] : [])
    return "no capture named \(name); known here: \(known.joined(separator: " "))"
  }

  /// How many insertions, deletions, replacements and swaps of neighbours lead from one name to the other; names are
  /// cut at 64.
  static func distance(_ first: String, _ second: String) -> Int {
    let a = Array(first.utf8.prefix(64))
    let b = Array(second.utf8.prefix(64))
    var rows = [Array(0...b.count)]
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var best = min(row[j] + 1, rows[i][j + 1] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
