import MQTTCodec
import Testing

/// MQTT 5.0 sections 4.7 and 4.8.2.
struct TopicFilterTests {
  // A span can't be given to #expect.
  private func ofSpan(_ text: String) -> TopicFilter? { TopicFilter(Array(text.utf8).span) }
  private func matches(_ filter: TopicFilter, _ topic: [UInt8]) -> Bool { filter.matches(topic: topic.span) }
  private func filter(_ text: String) -> TopicFilter? { TopicFilter(Array(text.utf8)) }

  private func matches(_ filter: String, _ topic: String) throws -> Bool {
    matches(try #require(self.filter(filter)), Array(topic.utf8))
  }

  @Test(arguments: [
    ("a/b", "a/b"), ("a/+", "a/b"), ("a/+", "a/"), ("a/#", "a"), ("a/#", "a/"), ("a/#", "a/b/c"), ("#", "a"),
    ("#", "/"),
    ("+", "a"), ("+/+", "/"), ("/+", "/a"), ("+/b/#", "a/b"), ("+/b/#", "a/b/c/d"), ("a/+/c", "a//c"), ("/#", "/"),
    ("+/#", "a"), ("$SYS/#", "$SYS/a"), ("$SYS/+", "$SYS/a"), ("$SYS/a", "$SYS/a"), ("a/$b", "a/$b"), ("+/$b", "a/$b"),
    ("sport/tennis/player1/#", "sport/tennis/player1"), ("sport/+/player1", "sport/tennis/player1"), ("é/+", "é/😀"),
    ("$share/g/a/#", "a/b"), ("$share/g//x", "/x"), ("$share/g/$SYS/+", "$SYS/a"), ("+/+/+", "//"), ("#", "a/$x"),
  ])
  func `a topic matches`(filter: String, topic: String) throws {
    #expect(try matches(filter, topic))
  }

  @Test(arguments: [
    ("a/b", "a"), ("a", "a/b"), ("a/b", "a/c"), ("a/+", "a"), ("a/+", "a/b/c"), ("+", "/a"), ("+", "a/"), ("a/#", "ab"),
    ("a/#", "b"), ("a/b/#", "a"), ("A", "a"), ("ab", "a"), ("a", "ab"), ("#", "$SYS/a"), ("+/a", "$SYS/a"),
    ("+", "$SYS"),
    ("/a", "a"), ("a/", "a"), ("a", "a/"), ("+/+", "a"), ("sport/tennis/+", "sport/tennis/player1/ranking"),
    ("$share/g/a", "$share/g/a"), ("$share/g/#", "$SYS/a"), ("a/+/c", "a/b/d"), ("+/b/#", "a/c"), ("a/+/#", "a"),
  ])
  func `a topic doesn't match`(filter: String, topic: String) throws {
    #expect(try !matches(filter, topic))
  }

  @Test(arguments: [
    "", "a/#/b", "#/a", "a#", "a/b#", "a+", "+a", "a/+b", "a/b+/c", "##", "++", "#+", "a/##", "/+#", "$share/",
    "$share/g",
    "$share/g/", "$share//a", "$share/+/a", "$share/#/a", "$share/a+b/c", "$share/g/a#", "$share/g/#/a", "a\0b",
  ])
  func `a malformed filter is nil`(text: String) {
    #expect(filter(text) == nil)
    #expect(ofSpan(text) == nil)
  }

  @Test func `ill-formed text and too much of it are nil`() {
    for bad in UTF8Samples.illFormed { #expect(TopicFilter(bad) == nil) }
    #expect(TopicFilter([UInt8](repeating: 0x61, count: 65_536)) == nil)
    #expect(TopicFilter([UInt8](repeating: 0x61, count: 65_535)) != nil)
  }

  @Test func `a filter knows its parts`() throws {
    let shared = try #require(filter("$share/group 1/a/+/#"))
    #expect(shared.sharedGroup.map { Array($0) } == Array("group 1".utf8))
    #expect(shared.levels.map { Array($0) } == [Array("a".utf8), [0x2B], [0x23]])
    #expect(shared.levelCount == 3)
    #expect(shared.hasWildcard)
    #expect(shared.bytes == Array("$share/group 1/a/+/#".utf8))
    #expect(Array(shared.matched) == Array("a/+/#".utf8))

    let plain = try #require(filter("/a/"))
    #expect(plain.sharedGroup == nil)
    #expect(plain.levels.map { Array($0) } == [[], [0x61], []])
    #expect(!plain.hasWildcard)
    #expect(try #require(filter("$share")).sharedGroup == nil)
    #expect(filter("a/+") == ofSpan("a/+"))
    #expect(filter("$share/g/a") != filter("$share/h/a"))
  }

  @Test func `the deepest filters and topics need no recursion and linear work`() throws {
    let slashes = [UInt8](repeating: 0x2F, count: 65_500)
    let filter = try #require(TopicFilter(slashes + [0x23]))
    #expect(filter.levelCount == 65_501)
    #expect(filter.levels.count == 65_501)
    #expect(matches(filter, (slashes + [0x61])))
    let plus = try #require(TopicFilter(Array([[UInt8]](repeating: [0x2B], count: 32_000).joined(separator: [0x2F]))))
    #expect(matches(plus, [UInt8](repeating: 0x2F, count: 31_999)))
    #expect(!matches(plus, [UInt8](repeating: 0x2F, count: 31_998)))
  }

  /// The definition of section 4.7, level by level.
  private func matchesByDefinition(_ filter: String, _ topic: String) -> Bool {
    var levels = filter.split(separator: "/", omittingEmptySubsequences: false)
    let names = topic.split(separator: "/", omittingEmptySubsequences: false)
    if topic.hasPrefix("$"), filter.hasPrefix("+") || filter.hasPrefix("#") { return false }
    let isOpen = levels.last == "#"
    if isOpen { levels.removeLast() }
    guard isOpen ? names.count >= levels.count : names.count == levels.count else { return false }
    return zip(levels, names).allSatisfy { $0 == "+" || $0 == $1 }
  }

  @Test(arguments: [1, UInt64.random(in: 2...UInt64.max)])
  func `random filters match as the definition says`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var hits = 0
    for _ in 0..<20_000 {
      var levels = (0..<Int.random(in: 1...4, using: &random)).map { _ in
        ["a", "b", "", "+", "$", "ab"].randomElement(using: &random) ?? ""
      }
      if Bool.random(using: &random) { levels.append("#") }
      let text = levels.joined(separator: "/")
      let topic = (0..<Int.random(in: 1...5, using: &random)).map { _ in
        ["a", "b", "", "$", "ab"].randomElement(using: &random) ?? ""
      }.joined(separator: "/")
      guard !topic.isEmpty, let filter = filter(text) else { continue }
      let isMatch = matches(filter, Array(topic.utf8))
      hits += isMatch ? 1 : 0
      #expect(isMatch == matchesByDefinition(text, topic), "\(text) \(topic)")
    }
    #expect(hits > 100)
  }
}
