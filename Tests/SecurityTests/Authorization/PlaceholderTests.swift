import Testing

@testable import Security

struct PlaceholderTests {
  private static let unfit = ["#", "+", "a/b", "/", "a/", "+/x", "x#", "\0", "a\0b", ""]

  @Test(arguments: unfit)
  func `a client identifier that is no literal level gets nothing from a placeholder`(name: String) throws {
    let policy = try AccessPolicy(rules: [
      rule(.everyone, publish: ["d/{client}/#"], subscribe: ["d/{client}/#", "{client}"])
    ])
    let grants = policy.grants(for: client(name))
    for topic in ["d/a/b", "d/x", "d/a/b/c", "d//x", "a", "d/\(name)/x"] {
      #expect(!grants.mayPublish(topic))
      #expect(!grants.mayReceive(topic))
    }
    for filter in ["d/+/#", "d/#", "#", "+", "d/a/b/#", "d/a"] {
      #expect(grants.maySubscribe(filter) == .denied)
    }
  }

  @Test(arguments: unfit)
  func `nor does a user name or a certificate name`(name: String) throws {
    let policy = try AccessPolicy(
      rules: [rule(.everyone, publish: ["u/{user}/#", "c/{certificate}/#", "{user}/{certificate}/x"])])
    let grants = policy.grants(for: client("ok", user: name, certificate: name))
    for topic in ["u/a/b", "u/x", "c/a/b", "c/x", "a/b/x", "u//x", "//x"] { #expect(!grants.mayPublish(topic)) }
  }

  @Test(arguments: [".*", "a|b", "*", "a*", "[a-z]", "%c", "{user}", "{client}", "\\", "$1", "^", "é"])
  func `a name is taken literally, whatever a pattern language would make of it`(name: String) throws {
    let policy = try AccessPolicy(rules: [rule(.everyone, publish: ["d/{client}/t"], subscribe: ["d/{client}/t"])])
    let grants = policy.grants(for: client(name, user: "u"))
    #expect(grants.mayPublish("d/\(name)/t"))
    #expect(grants.maySubscribe("d/\(name)/t") == .granted)
    for other in ["a", "b", "abc", "u", "x"] { #expect(!grants.mayPublish("d/\(other)/t")) }
  }

  @Test func `names are compared by bytes, not by Unicode equivalence`() throws {
    let policy = try AccessPolicy(rules: [rule(.user("\u{E9}"), publish: ["{user}"])])
    #expect(policy.grants(for: client("c", user: "\u{E9}")).mayPublish("\u{E9}"))
    #expect(!policy.grants(for: client("c", user: "\u{E9}")).mayPublish("e\u{301}"))
    #expect(!policy.grants(for: client("c", user: "e\u{301}")).mayPublish("e\u{301}"))
    #expect(!client("c", user: "\u{E9}").isSamePrincipal(as: client("c", user: "e\u{301}")))
    #expect(client("c", user: "\u{E9}") != client("c", user: "e\u{301}"))
  }

  @Test func `a client that calls itself $SYS does not reach the topics of the broker`() throws {
    let policy = try AccessPolicy(rules: [
      rule(.everyone, publish: ["{client}/#"], subscribe: ["{client}/#", "a/{client}"])
    ])
    let grants = policy.grants(for: client("$SYS"))
    #expect(!grants.mayPublish("$SYS/x"))
    #expect(!grants.mayReceive("$SYS/x"))
    #expect(grants.maySubscribe("$SYS/#") == .denied)
    #expect(grants.maySubscribe("a/$SYS") == .granted)
  }

  @Test func `a filter whose name is missing does not apply, but the rule's others do`() throws {
    let policy = try AccessPolicy(rules: [
      rule(.everyone, publish: ["u/{user}", "status"], denyPublish: ["{certificate}/x"])
    ])
    let grants = policy.grants(for: client("c"))
    #expect(grants.mayPublish("status"))
    #expect(!grants.mayPublish("u/"))
    #expect(!grants.mayPublish("u"))
  }

  @Test func `a name that cannot be put in escapes no deny`() throws {
    let policy = try AccessPolicy(rules: [rule(.everyone, publish: ["#"], denyPublish: ["private/{client}/#"])])
    #expect(policy.grants(for: client("c")).mayPublish("private/other/x"))
    #expect(!policy.grants(for: client("c")).mayPublish("private/c/x"))
    let odd = policy.grants(for: client("c/x"))
    #expect(!odd.mayPublish("private/c/x"))
    #expect(!odd.mayPublish("private/other/x"))
    #expect(odd.mayPublish("public/x"))
  }

  @Test func `a value with a placeholder's text in it is not substituted again`() throws {
    let policy = try AccessPolicy(rules: [rule(.everyone, publish: ["{client}/{user}"])])
    let grants = policy.grants(for: client("{user}", user: "secret"))
    #expect(grants.mayPublish("{user}/secret"))
    #expect(!grants.mayPublish("secret/secret"))
  }

  @Test func `placeholders in every level are put in, each its own`() throws {
    let filter = Array(repeating: "{client}", count: AccessLimits.levelsMax).joined(separator: "/")
    let policy = try AccessPolicy(rules: [
      rule(.everyone, publish: [filter], subscribe: ["{client}/{user}/{certificate}"])
    ])
    let grants = policy.grants(for: client("me", user: "u", certificate: "c"))
    #expect(grants.mayPublish(Array(repeating: "me", count: AccessLimits.levelsMax).joined(separator: "/")))
    #expect(grants.maySubscribe("me/u/c") == .granted)
    #expect(grants.maySubscribe("me/u/+") == .denied)
  }
}
