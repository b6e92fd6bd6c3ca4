import YAML

/// The keys of one mapping while they are read. Every key that is asked for is a known one; `finish` reports the
/// others.
final class Section {
  /// What the mapping is, for messages: `listener`, `limits`.
  let title: String
  let place: SourcePlace
  let lookup: Lookup
  private let mapping: YAMLMapping
  private var known: [String] = []
  private var missing: [(keys: [String], message: String)] = []

  init(_ mapping: YAMLMapping, title: String, place: SourcePlace, lookup: Lookup) {
    self.mapping = mapping
    self.title = title
    self.place = place
    self.lookup = lookup
  }

  var problems: Problems { lookup.problems }

  /// The value of a key, or nil if the key is not there.
  func optional(_ key: String) -> Value? {
    known.append(key)
    return mapping[key].map { Value(node: $0.value, key: key, lookup: lookup) }
  }

  /// The value of a key; it is an error if the key is not there.
  func required(_ key: String, because reason: String = "") -> Value? {
    let value = optional(key)
    if value == nil { reportMissing([key], "missing key \"\(key)\" in \(title)\(reason)") }
    return value
  }

  /// Reports, when the section is finished, that one of these keys is missing, unless one of them is there misspelt.
  func reportMissing(_ keys: [String], _ message: String) { missing.append((keys, message)) }

  /// Where a key stands, or nil if it is not there.
  func place(of key: String) -> SourcePlace? { mapping[key].map { SourcePlace($0.keyPlace) } }

  /// All keys and values, where the keys are names that the user chose.
  func all() -> [(name: Placed<String>, value: Value)] {
    mapping.entries.map {
      (Placed($0.key, at: SourcePlace($0.keyPlace)), Value(node: $0.value, key: $0.key, lookup: lookup))
    }
  }

  /// The known key that was probably meant; one that is not there already comes first.
  private func nearest(to key: String, _ unused: [String]) -> String? {
    Spelling.nearest(to: key, among: unused) ?? Spelling.nearest(to: key, among: known)
  }

  /// Reports every key that was not asked for, and those that are missing.
  func finish() {
    var misspelt: [String] = []
    let unused = known.filter { mapping[$0] == nil }
    for entry in mapping.entries where !known.contains(entry.key) {
      let meant = problems.showsNextError ? nearest(to: entry.key, unused) : nil
      if let meant { misspelt.append(meant) }
      // Where nothing comes near, a short list of what there is helps.
      let hint =
        meant == nil && known.count <= 16 ? " in \(title): known keys are \(known.joined(separator: ", "))" : ""
      problems.error(
        at: SourcePlace(entry.keyPlace), "unknown key \(YAMLError.quoted(entry.key))\(hint)", meant: meant)
    }
    for (keys, message) in missing where !keys.contains(where: misspelt.contains) {
      problems.error(at: place, message)
    }
  }
}
