/// Finds what was probably meant by a misspelt word.
public enum Spelling {
  /// What to add to a message about an unknown word: `; did you mean "..."?`, or nothing.
  public static func hint(for word: String?, among candidates: [String]) -> String {
    word.flatMap { nearest(to: $0, among: candidates) }.map { "; did you mean \"\($0)\"?" } ?? ""
  }

  /// The candidate nearest to a word, if it is near enough to be meant: within a third of the word's length, or the
  /// only one that begins with it.
  static func nearest(to word: String, among candidates: [String]) -> String? {
    let scalars = Array(word.lowercased().unicodeScalars)
    // Longer words are not misspelt names; the distance costs the product of both lengths.
    guard !scalars.isEmpty, scalars.count <= 64 else { return nil }
    let distanceMax = max(1, (scalars.count + 1) / 3)
    var best: (word: String, distance: Int)?
    for candidate in candidates where candidate != word {
      let distance = distance(scalars, Array(candidate.lowercased().unicodeScalars))
      if distance <= distanceMax, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    if let best { return best.word }
    let longer = candidates.filter { scalars.count >= 3 && $0.hasPrefix(word) }
    return longer.count == 1 ? longer.first : nil
  }

  /// How many characters must be put in, taken out, changed or swapped with their neighbour to come from one to the
  /// other.
  static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 1..<(a.count + 1) {
      var row = [i] + [Int](repeating: 0, count: b.count)
      for j in 1..<(b.count + 1) {
        row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { row[j] = min(row[j], beforeLast[j - 2] + 1) }
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
