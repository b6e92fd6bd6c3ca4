import MQTTCodec
import Testing

@testable import BrokerCore

struct RetainedTreeTests {
  private func message(_ topic: String, expiresAt: Int64? = nil) -> Message {
    Message(
      topic: Array(topic.utf8), payload: [1], qos: .atMostOnce, isRetain: true, expiresAtMilliseconds: expiresAt,
      by: .unknown)
  }

  private func tree(_ topics: [String]) -> RetainedTree {
    var tree = RetainedTree()
    for topic in topics { tree.insert(message(topic)) }
    return tree
  }

  private func cursor(_ filter: String, _ tree: RetainedTree) -> RetainedCursor {
    RetainedCursor(filter: Array(filter.utf8), through: tree.lastNumber)
  }

  /// What is left of a walk, with so many steps at once; `between` may change the tree each time.
  private func walk(
    _ cursor: inout RetainedCursor, _ tree: inout RetainedTree, steps: Int = .max, includesChanged: Bool = false,
    _ between: (inout RetainedTree) -> Void = { _ in }
  ) -> [String] {
    var found: [String] = []
    while !cursor.isAtEnd {
      let taken = tree.walk(&cursor, stepsMax: steps, includesChanged: includesChanged) {
        found.append(String(decoding: $0.topic, as: UTF8.self))
        return true
      }
      #expect(taken <= steps)
      between(&tree)
    }
    return found
  }

  @Test func `a topic comes before those below it, and topics side by side as they came`() {
    var tree = tree(["b", "a/2", "a/10", "a", "b/x", "a/1"])
    for steps in [1, 2, 3, 100] {
      var cursor = cursor("#", tree)
      #expect(walk(&cursor, &tree, steps: steps) == ["b", "b/x", "a", "a/2", "a/10", "a/1"])
    }
    // A new message of a topic leaves it where it was; one that was gone comes behind the others.
    tree.insert(message("a/2"))
    tree.remove(at: Array("a/10".utf8)[...])
    tree.insert(message("a/10"))
    var again = cursor("a/+", tree)
    #expect(walk(&again, &tree) == ["a/2", "a/1", "a/10"])
  }

  @Test func `a walk ends where it is told to, and goes on behind it`() {
    let tree = tree((0..<10).map { "t/\($0)" })
    var cursor = cursor("#", tree)
    var found: [String] = []
    for count in [3, 3, 3, 1] {
      var left = count
      _ = tree.walk(&cursor, stepsMax: .max, includesChanged: false) {
        found.append(String(decoding: $0.payload, as: UTF8.self))
        left -= 1
        return left > 0
      }
      #expect(left == 0)
    }
    #expect(found.count == 10)
  }

  @Test func `a walk sees what was there when it began, as long as it is there`() {
    var tree = tree((0..<1000).map { "t/\($0)/x" })
    var cursor = cursor("t/#", tree)
    var changes = 0
    let found = walk(&cursor, &tree, steps: 10) { tree in
      // What lies ahead goes, what lies behind comes again, and new topics come.
      changes += 1
      tree.remove(at: Array("t/\(1000 - changes)/x".utf8)[...])
      tree.remove(at: Array("t/\(changes)/x".utf8)[...])
      tree.insert(message("t/\(changes)/x"))
      tree.insert(message("t/new\(changes)"))
    }
    #expect(changes > 100 && Set(found).count == found.count)
    #expect(found == (0..<found.count).map { "t/\($0)/x" } && found.count > 700 && found.count < 1000)
  }

  @Test func `what was stored after a walk began is left out, unless it is asked for and its topic was there`() {
    var tree = tree(["a", "b", "c"])
    let start = cursor("#", tree)
    tree.insert(message("b"))
    tree.insert(message("d"))
    tree.insert(message("a/new"))
    var cursor = start
    #expect(walk(&cursor, &tree) == ["a", "c"])
    cursor = start
    #expect(walk(&cursor, &tree, includesChanged: true) == ["a", "b", "c"])
  }

  @Test func `levels come and go by the thousand and keep their order`() {
    var tree = tree((0..<3000).map { "\($0)" })
    for n in 0..<3000 where n % 3 != 1 { tree.remove(at: Array("\(n)".utf8)[...]) }
    for n in 3000..<3100 { tree.insert(message("\(n)")) }
    var cursor = cursor("+", tree)
    let expected = (0..<3100).filter { $0 >= 3000 || $0 % 3 == 1 }.map { "\($0)" }
    #expect(walk(&cursor, &tree, steps: 7) == expected)
    for topic in expected { tree.remove(at: Array(topic.utf8)[...]) }
    var empty = self.cursor("#", tree)
    #expect(walk(&empty, &tree) == [])
  }

  @Test func `a path of 65,500 slashes is taken, walked over and removed without recursion`() {
    let deep = String(repeating: "/", count: 65_500)
    var tree = tree([deep])
    var cursor = cursor("#", tree)
    #expect(walk(&cursor, &tree, steps: 30_000) == [deep])
    tree.remove(at: Array(deep.utf8)[...])
    #expect(tree.message(at: Array(deep.utf8)[...]) == nil)
  }

  @Test(arguments: [31, 32] as [UInt64])
  func `messages expire in their order, however their times change`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var tree = RetainedTree()
    var expected: [String: Int64] = [:]
    for now in 0..<Int64(2000) {
      let topic = "t/\(Int.random(in: 0..<50, using: &generator))"
      switch Int.random(in: 0..<4, using: &generator) {
      case 0:
        tree.remove(at: Array(topic.utf8)[...])
        expected[topic] = nil
      case 1:
        tree.insert(message(topic))
        expected[topic] = .max
      default:
        let time = now + Int64.random(in: 1...100, using: &generator)
        tree.insert(message(topic, expiresAt: time))
        expected[topic] = time
      }
      while let message = tree.removeExpired(nowMilliseconds: now) {
        let topic = String(decoding: message.topic, as: UTF8.self)
        #expect(expected[topic] == message.expiresAtMilliseconds && expected.values.min() == expected[topic])
        expected[topic] = nil
      }
      #expect(expected.values.allSatisfy { $0 > now })
    }
  }

  /// Section 4.7 of the specification, word by word.
  private func naive(_ filter: ArraySlice<String>, _ topic: ArraySlice<String>, isFirst: Bool = true) -> Bool {
    if isFirst, topic.first?.hasPrefix("$") == true, filter.first == "+" || filter.first == "#" { return false }
    guard let level = filter.first else { return topic.isEmpty }
    if level == "#" { return true }
    guard let name = topic.first else { return false }
    return (level == "+" || level == name) && naive(filter.dropFirst(), topic.dropFirst(), isFirst: false)
  }

  private func split(_ string: String) -> ArraySlice<String> {
    string.split(separator: "/", omittingEmptySubsequences: false).map(String.init)[...]
  }

  private func path(_ levels: [String], _ generator: inout SeededGenerator) -> String {
    (0..<Int.random(in: 1...4, using: &generator)).map { _ in levels.randomElement(using: &generator) ?? "" }
      .joined(separator: "/")
  }

  @Test(arguments: [21, 22] as [UInt64])
  func `topics are found by filters as a naive matcher says`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var tree = RetainedTree()
    var topics: Set<String> = []
    for _ in 0..<1000 {
      let topic = path(["a", "b", "", "$s"], &generator)
      if Bool.random(using: &generator) {
        topics.insert(topic)
        tree.insert(message(topic))
      } else {
        topics.remove(topic)
        tree.remove(at: Array(topic.utf8)[...])
      }
      #expect((tree.message(at: Array(topic.utf8)[...]) != nil) == topics.contains(topic))
      let start = path(["a", "b", "", "+", "$s"], &generator)
      let filter = Int.random(in: 0..<3, using: &generator) == 0 ? start + "/#" : (start == "+" ? "#" : start)
      var cursor = cursor(filter, tree)
      let found = walk(&cursor, &tree, steps: Int.random(in: 1...9, using: &generator))
      #expect(
        found.sorted() == topics.filter { naive(split(filter), split($0)) }.sorted(), "seed \(seed), filter \(filter)")
    }
  }
}
