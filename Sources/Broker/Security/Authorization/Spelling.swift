/// Finds what a person probably meant.
enum Spelling {
  /// The longest word for which a correction is looked for; it bounds the work, which is the product of two lengths.
  static let wordBytesMax = 64

  /// The candidate within a third of the word's length in edits, or nil; ties go to the first.
  static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let word = [UInt8](word.utf8)
    guard !word.isEmpty, word.count <= wordBytesMax else { return nil }
    var best: (distance: Int, name: String)?
    for candidate in candidates where candidate.utf8.count <= wordBytesMax {
      let distance = distance(word, [UInt8](candidate.utf8))
      let allowed = max(1, max(word.count, candidate.utf8.count) / 3)
      if distance <= allowed, distance < (best?.distance ?? Int.max) { best = (distance, candidate) }
    }
    return best?.name
  }

  /// Levenshtein's distance over bytes, letter case ignored.
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let substituted = diagonal + (lower(x) == lower(y) ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, min(row[j], row[j + 1]) + 1)
      }
    }
    return row[b.count]
  }
}
