/// Topics and filters as lists of levels, matched in the plainest way (MQTT 5.0 section 4.7).
enum FilterModel {
  typealias Levels = [ArraySlice<UInt8>]

  static func levels(_ bytes: [UInt8]) -> Levels {
    bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
  }

  static let plus: ArraySlice<UInt8> = [UInt8(ascii: "+")]
  static let hash: ArraySlice<UInt8> = [UInt8(ascii: "#")]

  /// Whether each wildcard is a whole level, and # the last one.
  static func isFilter(_ bytes: [UInt8]) -> Bool {
    let levels = levels(bytes)
    let wildcards = [UInt8(ascii: "+"), UInt8(ascii: "#")]
    let areWhole = levels.allSatisfy { $0.count == 1 || !$0.contains(where: wildcards.contains) }
    return !bytes.isEmpty && !bytes.contains(0) && areWhole && !levels.dropLast().contains(hash)
  }

  static func matches(_ filter: [UInt8], _ topic: [UInt8]) -> Bool {
    if topic.first == UInt8(ascii: "$"), filter.first != UInt8(ascii: "$") { return false }
    return matches(levels(filter)[...], levels(topic)[...])
  }

  private static func matches(_ filter: ArraySlice<ArraySlice<UInt8>>, _ topic: ArraySlice<ArraySlice<UInt8>>) -> Bool {
    guard let first = filter.first else { return topic.isEmpty }
    if first == hash { return true }
    guard let level = topic.first, first == plus || first == level else { return false }
    return matches(filter.dropFirst(), topic.dropFirst())
  }

  /// Topics that `filter` matches, of which another filter matches all only if it matches everything that this one
  /// does: levels that no filter names stand for the wildcards.
  static func witnesses(of filter: [UInt8], deeperThan other: [UInt8]) -> [[UInt8]] {
    let unnamed: [UInt8] = [1]
    let levels = levels(filter).map { $0 == plus ? unnamed : Array($0) }
    guard levels.last.map({ $0[...] == hash }) == true else { return [Array(levels.joined(separator: [0x2F]))] }
    let fixed = Array(levels.dropLast())
    return (0...(self.levels(other).count + 1)).map { depth in
      let all: [[UInt8]] = fixed + [[UInt8]](repeating: unnamed, count: depth)
      return Array(all.joined(separator: [0x2F]))
    }.filter { !$0.isEmpty }
  }
}
