import Testing

@testable import Security

struct NamePatternTests {
  private func grants(_ member: String, _ identity: Identity) throws -> Bool {
    let policy = try AccessPolicy(groups: [group("g", [member])], rules: [rule(.group("g"), publish: ["t"])])
    #expect((policy.groups(of: identity) == ["g"]) == policy.grants(for: identity).mayPublish("t"))
    return policy.grants(for: identity).mayPublish("t")
  }

  @Test(arguments: [
    ("user:line-4", "line-4", true), ("user:line-4", "line-40", false), ("user:line-4", "Line-4", false),
    ("user:line-*", "line-", true), ("user:line-*", "line-4", true), ("user:line-*", "aline-4", false),
    ("user:*-4", "line-4", true), ("user:*-4", "line-44", false), ("user:l*n*4", "line-4", true),
    ("user:*a*b*", "xbxa", false),
    ("user:*", "x", true), ("user:**", "x", true), ("user:a.c", "abc", false), ("user:a?c", "abc", false),
    ("user:[a]", "a", false), ("user:a|b", "a", false), ("user:a|b", "a|b", true), ("user:a:b", "a:b", true),
    ("user:*aab", "aaaab", true), ("user:a*", "", false), ("user:*", "", false),
  ])
  func `a name pattern is literal but for the star`(member: String, user: String, fits: Bool) throws {
    #expect(try grants(member, client("c", user: user)) == fits)
  }

  @Test func `a star in a client's name is no pattern`() throws {
    #expect(try !grants("user:ann", client("c", user: "*")))
    #expect(try !grants("user:ann", client("c", user: "a*")))
  }

  @Test func `each kind of member looks at its own name only`() throws {
    #expect(try !grants("user:x", client("x", certificate: "x")))
    #expect(try !grants("client:x", client("c", user: "x", certificate: "x")))
    #expect(try !grants("certificate:x", client("x", user: "x")))
    #expect(try grants("client:x", client("x")))
    #expect(try !grants("user:*", client("x")))
    #expect(try !grants("certificate:*", client("x", user: "x")))
  }

  @Test(
    arguments: [
      ("certificate:CN=sensor-*", .commonName, true), ("certificate:cn=sensor-1", .commonName, true),
      ("certificate:CN=sensor-1", .commonName, true), ("certificate:sensor-1", .sanDNS, true),
      ("certificate:CN=sensor-*", .sanDNS, false), ("certificate:DNS=sensor-1", .sanDNS, true),
      ("certificate:email=sensor-*", .sanURI, false), ("certificate:URI=sensor-*", .sanURI, true),
      ("certificate:subject=sensor-*", .subject, true), ("certificate:O=sensor-*", .subject, false),
    ] as [(String, CertificateNameSource, Bool)])
  func `a certificate member may say from which part the name must be`(
    member: String, source: CertificateNameSource, fits: Bool
  ) throws {
    #expect(try grants(member, client("c", certificate: "sensor-1", source: source)) == fits)
  }

  @Test func `a client in several groups has the rules of all of them`() throws {
    let policy = try AccessPolicy(
      groups: [group("one", ["user:u"]), group("two", ["client:c*", "user:u"]), group("three", ["user:v"])],
      rules: [
        rule(.group("three"), publish: ["3"]), rule(.group("two"), publish: ["2"]), rule(.group("one"), publish: ["1"]),
        rule(.certificate("x*"), publish: ["x"]), rule(.user("*"), publish: ["any"]),
      ])
    let identity = client("c1", user: "u")
    #expect(policy.groups(of: identity) == ["one", "two"])
    let grants = policy.grants(for: identity)
    #expect(["1", "2", "3", "x", "any"].map(grants.mayPublish) == [true, true, false, false, true])
  }

  @Test func `a pattern of many stars against a long name is no trap for time`() {
    let pattern = NamePattern(kind: .user, text: String(repeating: "*a", count: 127) + "b")
    let clock = ContinuousClock()
    let spent = clock.measure {
      #expect(!pattern.matches([UInt8](repeating: UInt8(ascii: "a"), count: AccessLimits.nameBytesMax)))
    }
    // The work is at most 255 * 1,024 steps; a pattern that backtracks over every star would not end at all.
    #expect(spent < .seconds(5))
  }
}
