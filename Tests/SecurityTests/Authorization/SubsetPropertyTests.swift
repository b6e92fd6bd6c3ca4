import Testing

@testable import Security

/// The subset test against brute force: every topic over a small alphabet, matched by an independent, slow matcher.
struct SubsetPropertyTests {
  private static let levels = ["a", "b", "", "$x"]

  /// All topics of one to four levels. That is one level more than any filter below has, so that `#` shows.
  private static let topics: [[String]] = {
    var all: [[String]] = []
    var longest: [[String]] = [[]]
    for _ in 1...4 {
      longest = longest.flatMap { topic in levels.map { topic + [$0] } }
      all += longest
    }
    return all.filter { $0 != [""] }
  }()

  /// MQTT 5.0 section 4.7 as one would explain it, recursive and by whole levels.
  private static func matches(_ filter: ArraySlice<String>, _ topic: ArraySlice<String>) -> Bool {
    if filter.startIndex == 0, let first = topic.first, first.hasPrefix("$"), filter.first != first { return false }
    guard let level = filter.first else { return topic.isEmpty }
    if level == "#" { return true }
    guard let name = topic.first else { return false }
    return (level == "+" || level == name) && matches(filter.dropFirst(), topic.dropFirst())
  }

  private static func randomFilter(_ random: inout SeededGenerator) -> [String] {
    var filter = (0..<Int.random(in: 0...3, using: &random)).map { _ in
      (levels + ["+", "+", "a"]).randomElement(using: &random) ?? "a"
    }
    if filter.isEmpty || Int.random(in: 0..<3, using: &random) == 0 { filter.append("#") }
    return filter == [""] ? ["a"] : filter
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `a filter lies inside another exactly when every topic of it does`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<250 {
      let (outer, inner) = (Self.randomFilter(&random), Self.randomFilter(&random))
      let outerBytes = FilterSyntax.normalized(Array(outer.joined(separator: "/").utf8))
      let innerBytes = Array(inner.joined(separator: "/").utf8)
      let expected = Self.topics.allSatisfy { !Self.matches(inner[...], $0[...]) || Self.matches(outer[...], $0[...]) }
      #expect(
        FilterSyntax.contains(outerBytes.span, innerBytes.span) == expected, "seed \(seed): \(inner) inside \(outer)")
    }
  }

  /// No topic is empty: `#` has a first level to match, and `/#` a second one.
  @Test(arguments: [
    ("+/#", "#", true), ("#", "+/#", true), ("/+/#", "/#", true), ("/#", "/+/#", true), ("+/+/#", "/#", true),
    ("+/+", "/#", false), ("+/+/+/#", "/#", false), ("+/a/#", "/#", false), ("+", "/#", false), ("a/+/#", "a/#", false),
    ("+/+/#", "#", false), ("+/+/#", "a/#", false),
  ])
  func `what matches every level that topics have holds what matches all of them`(
    outer: String, inner: String, holds: Bool
  ) {
    let (outerBytes, innerBytes) = (FilterSyntax.normalized(Array(outer.utf8)), Array(inner.utf8))
    let isInside = FilterSyntax.contains(outerBytes.span, innerBytes.span)
    #expect(isInside == holds, "\(inner) in \(outer)")
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `every topic of a granted filter is allowed by a grant, and a delivery is too unless it is denied`(seed: UInt64)
    throws
  {
    var random = SeededGenerator(seed: seed)
    var granted = 0
    for _ in 0..<100 {
      let allows = (0..<Int.random(in: 1...3, using: &random)).map { _ in Self.randomFilter(&random) }
      let denies = (0..<Int.random(in: 0...2, using: &random)).map { _ in Self.randomFilter(&random) }
      // A policy in which an allow lies inside a deny is refused when it is made.
      guard
        let policy = try? AccessPolicy(rules: [
          rule(
            .everyone, subscribe: allows.map { $0.joined(separator: "/") },
            denySubscribe: denies.map { $0.joined(separator: "/") })
        ])
      else { continue }
      let grants = policy.grants(for: client("c"))
      for _ in 0..<10 {
        let asked = Self.randomFilter(&random)
        guard grants.maySubscribe(asked.joined(separator: "/")) == .granted else { continue }
        granted += 1
        for topic in Self.topics where Self.matches(asked[...], topic[...]) {
          let isAllowed = allows.contains { Self.matches($0[...], topic[...]) }
          let isDenied = denies.contains { Self.matches($0[...], topic[...]) }
          #expect(isAllowed, "seed \(seed): \(topic) of \(asked) is in none of \(allows)")
          #expect(
            grants.mayReceive(topic.joined(separator: "/")) == (isAllowed && !isDenied),
            "seed \(seed): \(topic) by \(allows) less \(denies)")
        }
      }
    }
    #expect(granted > 20, "seed \(seed) granted too little to show anything")
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func `no bytes at all make the engine trap, and random ones are rarely allowed more than they should`(seed: UInt64)
    throws
  {
    var random = SeededGenerator(seed: seed)
    let policy = try AccessPolicy(rules: [
      rule(.everyone, publish: ["a/+/#", "+"], subscribe: ["a/+/#", "{client}/b/+"])
    ])
    let alphabet: [UInt8] = Array("ab/+#$\0".utf8) + [0xFF, 0xC3]
    for _ in 0..<2_000 {
      let bytes = (0..<Int.random(in: 0...12, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
      let name = String(decoding: bytes, as: UTF8.self)
      let grants = policy.grants(for: client(name))
      bytes.withUnsafeBytes {
        if grants.mayPublish($0) {
          #expect(!bytes.isEmpty && !bytes.contains { "+#\0".utf8.contains($0) } && bytes.first != UInt8(ascii: "$"))
        }
        _ = grants.mayReceive($0)
        _ = grants.maySubscribe($0)
        _ = grants.explain(.subscribe, $0).description
      }
    }
  }
}
