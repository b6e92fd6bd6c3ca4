@testable import Security

/// Filters and names of access rules with any client's names: a name never reaches beyond its own level, and patterns
/// fit as a plain model says. The input's lines are filter, name, pattern and a topic.
enum FuzzTarget {
  static func run(_ bytes: UnsafeBufferPointer<UInt8>) {
    let lines = bytes.split(separator: 0x0A, maxSplits: 3, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard lines.count >= 3 else { return }
    template(lines[0], name: lines[1])
    pattern(lines[2], lines[1])
    policy(lines)
  }

  private static func identity(_ name: String) -> Identity {
    Identity(clientID: name, userName: name, certificateName: name, listener: "l")
  }

  private static func template(_ text: String, name: String) {
    guard let template = try? FilterTemplate(text) else { return }
    let levels = template.bytes.split(separator: 0x2F, omittingEmptySubsequences: false)
    for isDeny in [false, true] {
      guard let filter = template.filter(for: identity(name), isDeny: isDeny) else { continue }
      let filled = filter.split(separator: 0x2F, omittingEmptySubsequences: false)
      // A deny whose name can't be used may have become +/#, which is written #.
      if filter == [FilterSyntax.hash] { continue }
      check(filled.count == levels.count, "\(name) makes other levels of \(text)")
      for (level, filledLevel) in zip(levels, filled) where level != filledLevel {
        check(level.first == UInt8(ascii: "{"), "\(name) changes what is written in \(text)")
        check(
          filledLevel.elementsEqual(name.utf8) || isDeny && filledLevel.elementsEqual("+".utf8), "\(name) in \(text)")
        let isWild = filledLevel.contains { $0 == FilterSyntax.plus || $0 == FilterSyntax.hash }
        check(!isWild || isDeny, "\(name) is a wildcard in \(text)")
      }
    }
  }

  private static func pattern(_ text: String, _ name: String) {
    let pattern = NamePattern(kind: .user, text: text)
    let (p, n) = (Array(text.utf8), Array(name.utf8))
    // fits[j]: whether the pattern so far fits the first j bytes of the name.
    var fits = [true] + n.map { _ in false }
    for byte in p {
      var next = fits.map { _ in false }
      for j in 0...n.count {
        if byte == NamePattern.star {
          next[j] = fits[j] || j > 0 && next[j - 1]
        } else if j > 0 {
          next[j] = fits[j - 1] && n[j - 1] == byte
        }
      }
      fits = next
    }
    check(pattern.matches(n) == fits[n.count], "\(text) fits \(name): \(!fits[n.count])")
  }

  /// A deny wins, and what nothing allows is denied, whatever is asked.
  private static func policy(_ lines: [String]) {
    let topic = Array((lines.count > 3 ? lines[3] : lines[1]).utf8)
    let (allow, deny) = (AccessFilter(lines[0], origin: "1"), AccessFilter(lines[1], origin: "2"))
    let subject = AccessSubject.user(lines[2])
    let open = AccessRule(subject: subject, allowPublish: [allow], allowSubscribe: [allow], origin: "1")
    let closed = AccessRule(subject: .everyone, denyPublish: [deny], denySubscribe: [deny], origin: "2")
    for rules in [[open], [closed], [open, closed]] {
      guard let grants = try? AccessPolicy(rules: rules).grants(for: identity(lines[1])) else { continue }
      topic.withUnsafeBytes { topic in
        let (mayPublish, mayReceive) = (grants.mayPublish(topic), grants.mayReceive(topic))
        let isGranted = grants.maySubscribe(topic) == .granted
        check(!mayPublish || mayReceive, "the same rules allow to publish and not to receive")
        if rules.count == 1, rules[0].allowPublish.isEmpty {
          check(!mayPublish && !mayReceive && !isGranted, "no allow")
        }
        check(!mayPublish || topic.first != FilterSyntax.dollar, "a topic of the broker's own")
      }
    }
  }
}
