import MQTTCodec

@testable import BrokerCore
@testable import Security

/// Topic filters beside a plain model of them: what is one, what it matches, what lies inside of what, and what the
/// trees of subscriptions and of retained messages find. The input's lines are a topic and filters.
enum FuzzTarget {
  static func run(_ bytes: UnsafeBufferPointer<UInt8>) {
    // The byte 1 is the model's own.
    guard !bytes.contains(1) else { return }
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).prefix(8).map { Array($0) }
    let topic = lines.removeFirst()
    let isTopic = topic.withUnsafeBytes { TopicName.isValid($0) }
    let filters = lines.filter { line in
      let filter = TopicFilter(line)
      check((filter != nil) == isFilter(line), "\(line) is a filter: \(filter != nil)")
      guard let filter else { return false }
      check(filter.levelCount == filter.levels.count, "levels of \(line)")
      check(filter.hasWildcard == filter.matched.contains { $0 == 0x2B || $0 == 0x23 }, "wildcards of \(line)")
      if isTopic {
        let isMatched = topic.withUnsafeBytes { filter.matches(topic: $0) }
        check(isMatched == FilterModel.matches(Array(filter.matched), topic), "\(line) matches \(topic): \(isMatched)")
      }
      return filter.sharedGroup == nil
    }
    if isTopic { search(topic, filters) }
    for outer in filters {
      for inner in filters { contains(outer, inner) }
    }
  }

  private static func isFilter(_ line: [UInt8]) -> Bool {
    guard String(validating: line, as: UTF8.self) != nil else { return false }
    guard line.starts(with: "$share/".utf8) else { return FilterModel.isFilter(line) }
    let parts = line.dropFirst(7).split(separator: 0x2F, maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[0].contains(where: { $0 == 0x2B || $0 == 0x23 || $0 == 0 })
    else { return false }
    return FilterModel.isFilter(Array(parts[1]))
  }

  private static func search(_ topic: [UInt8], _ filters: [[UInt8]]) {
    var tree = TopicTree<[UInt8]>()
    for (key, filter) in filters.enumerated() {
      check(tree.insert(filter, key: UInt64(key), at: filter) == nil, "two values under one key")
    }
    var found: [[UInt8]] = []
    tree.forEach(matching: topic) { found.append($0) }
    let expected = filters.filter { FilterModel.matches($0, topic) }
    check(found.sorted(by: precedes) == expected.sorted(by: precedes), "found \(found) for \(topic)")
    for (key, filter) in filters.enumerated() {
      check(tree.remove(key: UInt64(key), at: filter) == filter, "\(filter) is not there any more")
      check(tree.remove(key: UInt64(key), at: filter) == nil, "\(filter) is there still")
    }
    tree.forEach(matching: topic) { check(false, "\($0) is left") }
    var topics = RetainedTree()
    topics.insert(Message(topic: topic, payload: [1], qos: .atMostOnce, by: .unknown))
    for filter in filters {
      var isFound = false
      var cursor = RetainedCursor(filter: filter, through: topics.lastNumber)
      while !cursor.isAtEnd {
        _ = topics.walk(&cursor, stepsMax: 1, includesChanged: false) { _ in
          check(!isFound, "it is found twice")
          isFound = true
          return true
        }
      }
      check(isFound == FilterModel.matches(filter, topic), "\(filter) finds \(topic): \(isFound)")
    }
  }

  private static func precedes(_ a: [UInt8], _ b: [UInt8]) -> Bool { a.lexicographicallyPrecedes(b) }

  /// The subset test of authorization.
  private static func contains(_ outer: [UInt8], _ inner: [UInt8]) {
    let isDeep = FilterModel.levels(inner).count > AccessLimits.levelsMax
    check((FilterSyntax.problem(in: inner.span, allowsWildcards: true) == nil) == !isDeep, "a problem in \(inner)")
    let isInside = FilterSyntax.contains(FilterSyntax.normalized(outer).span, inner.span)
    let expected = FilterModel.witnesses(of: inner, deeperThan: outer).allSatisfy { FilterModel.matches(outer, $0) }
    check(isInside == expected, "\(outer) holds \(inner): \(isInside)")
  }
}
