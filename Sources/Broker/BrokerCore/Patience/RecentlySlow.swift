/// Who was given up lately and left with its session: whoever comes back as slow as before must not hold the others up
/// anew with each connection.
///
/// A value without a clock; bounded: when it is full, those who left longest ago are forgotten.
struct RecentlySlow {
  /// Names that are remembered.
  static let namesMax = 10_000
  /// How long: clients that lose their connection wait some minutes at most before they come back.
  static let memoryMilliseconds: Int64 = 300_000

  private var names: [[UInt8]: Int64] = [:]

  /// Names that are remembered now.
  var count: Int { names.count }

  /// A session ended that had not caught up.
  mutating func left(_ name: [UInt8], nowMilliseconds: Int64) {
    if names[name] == nil, names.count >= Self.namesMax {
      let times = names.values.sorted()
      let middle = times[times.count / 2]
      // Half of them, so that it is rarely done.
      names = names.filter { $0.value > middle }
    }
    names[name] = nowMilliseconds
  }

  /// Whether one that comes was slow when it left; it is forgotten.
  mutating func comes(_ name: [UInt8], nowMilliseconds: Int64) -> Bool {
    guard !names.isEmpty, let time = names.removeValue(forKey: name) else { return false }
    return nowMilliseconds - time < Self.memoryMilliseconds
  }
}
