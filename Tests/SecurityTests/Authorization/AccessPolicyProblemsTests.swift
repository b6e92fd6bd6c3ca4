import Testing

@testable import Security

struct AccessPolicyProblemsTests {
  private func problem(ofFilter filter: String) -> [String] {
    problems(rules: [rule(.everyone, publish: [filter])])
  }

  @Test(arguments: [
    ("", "is empty"), ("a/#/b", "not the last level"), ("a#", "not a whole level"), ("a+/b", "not a whole level"),
    ("+a", "not a whole level"), ("a\0b", "NUL"), ("a\nb", "control character"),
    ("a/{clinet}/b", "did you mean {client}?"), ("a/{username}", "known are {client}, {user}, {certificate}"),
    ("a/{plant}", "for any level write +"), ("a/{}", "braces"), ("a/x{client}", "whole level"), ("{client", "braces"),
    ("{{client}}", "braces"), ("a/{client}{user}", "braces"), ("$SYS/x", "never publish"),
    ("$SYS/#", "connection/+/state"),
    ("$SYS/broker/connection/#", "allows too much"), ("$SYS/broker/connection/+/+", "allows too much"),
    ("$share/g/a", "filter after $share/GROUP/"),
  ])
  func `a filter that is not right is told with its place`(filter: String, says: String) {
    let found = problem(ofFilter: filter)
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("access.yaml:11:7: ") == true)
    #expect(found.first?.contains(says) == true, "\(found)")
  }

  @Test func `an access rule of 65,500 slashes is refused by its depth`() {
    let found = problem(ofFilter: String(repeating: "/", count: 65_500))
    #expect(found.first?.contains("more than 128 levels") == true)
    #expect((found.first?.utf8.count ?? 0) < 300)
    #expect(problem(ofFilter: String(repeating: "{client}/", count: 7_000)).count == 1)
  }

  @Test func `an unknown group is told with the likely one`() {
    let found = problems(groups: [group("sensors", ["user:a"])], rules: [rule(.group("sensor"), publish: ["a"])])
    #expect(found.first == "access.yaml:10:3: there is no group \"sensor\": did you mean \"sensors\"?")
    #expect(found.contains { $0.contains("no rule names the group \"sensors\"") })
  }

  @Test func `a group that no rule names is told`() {
    let found = problems(groups: [group("idle", ["user:a"])], rules: [rule(.everyone, publish: ["a"])])
    #expect(found == ["access.yaml:2:3: no rule names the group \"idle\": add a rule for it, or remove the group"])
  }

  @Test func `a group that is there twice is told`() {
    let found = problems(
      groups: [group("g", ["user:a"]), group("g", ["user:b"])], rules: [rule(.group("g"), publish: ["a"])])
    #expect(found.first?.contains("exists already (access.yaml:2:3)") == true)
  }

  @Test func `a group may be empty for a while`() throws {
    let policy = try AccessPolicy(groups: [group("g", [])], rules: [rule(.group("g"), publish: ["a"])])
    #expect(!policy.grants(for: client("c", user: "u")).mayPublish("a"))
  }

  @Test(arguments: [
    ("sensor-1", "write user:NAME, client:ID or certificate:NAME"), ("usr:a", "did you mean user?"),
    ("role:a", "write user:NAME"), ("user:", "names nobody"), ("certificate:CN=", "names nobody"), ("", "is no member"),
    ("user:a\u{7}b", "control character"), ("user:" + String(repeating: "x", count: 257), "longer than 256 bytes"),
  ])
  func `a member that is not right is told with its place`(member: String, says: String) {
    let found = problems(groups: [group("g", [member])], rules: [rule(.group("g"), publish: ["a"])])
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("access.yaml:3:16: ") == true)
    #expect(found.first?.contains(says) == true, "\(found)")
  }

  @Test func `a rule that says nothing, or about nobody, is told`() {
    #expect(problems(rules: [rule(.everyone)]).first?.contains("no effect") == true)
    #expect(problems(rules: [rule(.user(""), publish: ["a"])]).first?.contains("names nobody") == true)
  }

  @Test func `an allow that lies inside a deny of the same subject can never match`() {
    let found = problems(rules: [rule(.user("u"), publish: ["a/b"], denyPublish: ["a/#"])])
    #expect(
      found == [
        "access.yaml:11:7: the allow filter \"a/b\" can never match: all of it is denied by \"a/#\" (access.yaml:12:7)"
      ])
    let apart = [rule(.user("u"), publish: ["a/{client}"]), rule(.user("u"), denyPublish: ["a/+"], line: 20)]
    #expect(problems(rules: apart).count == 1)
    let general = [rule(.user("u"), subscribe: ["{client}/x"]), rule(.everyone, denySubscribe: ["#"], line: 20)]
    #expect(problems(rules: general).count == 1)
  }

  @Test func `an allow that a deny only narrows, or denies others or another action, is no problem`() {
    for rules in [
      [rule(.user("u"), publish: ["a/#"], denyPublish: ["a/b"])],
      [rule(.user("u"), publish: ["a/b"]), rule(.user("v"), denyPublish: ["a/#"], line: 20)],
      [rule(.user("u"), publish: ["a/b"], denySubscribe: ["a/#"])],
      [rule(.user("u"), publish: ["a/+"], denyPublish: ["a/{client}"])],
      [rule(.everyone, publish: ["a/b"]), rule(.user("u"), denyPublish: ["a/#"], line: 20)],
    ] {
      #expect(problems(rules: rules) == [])
    }
  }

  @Test func `a placeholder that the subject's own name can never fill is told`() {
    #expect(problems(rules: [rule(.client("a/b"), publish: ["x/{client}"])]).first?.contains("can never match") == true)
    #expect(problems(rules: [rule(.user("$u*"), subscribe: ["{user}/x"])]).first?.contains("can never match") == true)
    #expect(problems(rules: [rule(.client("a/b"), publish: ["x/{user}"])]) == [])
    #expect(problems(rules: [rule(.client("a*"), publish: ["x/{client}"])]) == [])
  }

  @Test func `all problems are told at once, but not without end`() {
    #expect(problems(rules: [rule(.everyone, publish: ["a#", "b", "+c"], denySubscribe: ["{x}"])]).count == 3)
    let many = problems(rules: [rule(.everyone, publish: Array(repeating: "a#", count: 500))])
    #expect(many.count == AccessLimits.problemsMax)
  }

  @Test func `the counts of a policy are bounded`() {
    let members = (0...AccessLimits.wildcardPatternsMax).map { "user:u\($0)*" }
    let tooManyStars = problems(groups: [group("g", members)], rules: [rule(.group("g"), publish: ["a"])])
    #expect(tooManyStars.first?.contains("names with *") == true)
    let denies = (0...AccessLimits.deniesOfSubjectMax).map { "d/\($0)" }
    let tooManyDenies = problems(rules: [rule(.everyone, publish: ["a"], denyPublish: denies)])
    #expect(tooManyDenies.first?.contains("deny filters") == true)
    let rules = Array(repeating: rule(.everyone, publish: ["a"]), count: AccessLimits.entriesMax + 1)
    #expect(problems(rules: rules).first?.contains("more than 100000 rules") == true)
  }

  @Test func `a broken policy grants nothing because it does not exist`() {
    #expect(throws: AccessPolicyError.self) {
      _ = try AccessPolicy(rules: [rule(.everyone, publish: ["ok"]), rule(.everyone, publish: ["bad#"])])
    }
  }
}
