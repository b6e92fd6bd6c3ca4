import MQTTCodec
import Testing

@testable import BrokerCore

struct TopicTreeTests {
  private func bytes(_ string: String) -> [UInt8] { Array(string.utf8) }

  @Test func `a value is replaced under its key, and others at the same place stay`() {
    var tree = TopicTree<String>()
    #expect(tree.insert("1", key: 1, at: bytes("a/b")) == nil)
    #expect(tree.insert("2", key: 2, at: bytes("a/b")) == nil)
    #expect(tree.insert("1b", key: 1, at: bytes("a/b")) == "1")
    var found: [String] = []
    tree.forEach(matching: bytes("a/b")) { found.append($0) }
    #expect(found.sorted() == ["1b", "2"])
    #expect(tree.remove(key: 1, at: bytes("a/b")) == "1b")
    #expect(tree.remove(key: 1, at: bytes("a/b")) == nil)
    #expect(tree.remove(key: 2, at: bytes("a")) == nil)
    #expect(tree.remove(key: 2, at: bytes("a/b/c")) == nil)
  }

  @Test func `a path of 65,500 slashes is taken, matched and removed without recursion`() {
    var tree = TopicTree<Int>()
    let deep = [UInt8](repeating: UInt8(ascii: "/"), count: 65_500)
    _ = tree.insert(1, key: 0, at: deep)
    var found = 0
    tree.forEach(matching: deep) { found += $0 }
    #expect(found == 1)
    #expect(tree.remove(key: 0, at: deep) == 1)
  }

  /// Levels that collide with each other and with wildcards often.
  private func path(_ levels: [String], _ generator: inout SeededGenerator) -> String {
    (0..<Int.random(in: 1...4, using: &generator)).map { _ in levels.randomElement(using: &generator) ?? "" }
      .joined(separator: "/")
  }

  private func filter(_ generator: inout SeededGenerator) -> String {
    let start = path(["a", "b", "", "+", "$s"], &generator)
    return Int.random(in: 0..<3, using: &generator) == 0
      ? start + "/#" : (start == "+" && Bool.random(using: &generator) ? "#" : start)
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

  @Test(arguments: [11, 12, 13] as [UInt64])
  func `filters match as a naive matcher says, while filters come and go`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var tree = TopicTree<String>()
    var filters: Set<String> = []
    for _ in 0..<1500 {
      let one = filter(&generator)
      if Int.random(in: 0..<3, using: &generator) > 0 {
        #expect((tree.insert(one, key: 5, at: bytes(one)) != nil) == filters.contains(one))
        filters.insert(one)
      } else {
        #expect(tree.remove(key: 5, at: bytes(one)) == filters.remove(one))
      }
      let topic = path(["a", "b", "", "$s"], &generator)
      var found: [String] = []
      tree.forEach(matching: bytes(topic)) { found.append($0) }
      #expect(
        found.sorted() == filters.filter { naive(split($0), split(topic)) }.sorted(), "seed \(seed), topic \(topic)")
    }
  }
}
