import Testing

@testable import Security

struct ExplanationTests {
  private func grants() throws -> Grants {
    try AccessPolicy(
      groups: [group("g", ["user:u"])],
      rules: [
        rule(.everyone, publish: ["a/#"], subscribe: ["s/+"], denySubscribe: ["s/0"], line: 30),
        rule(.group("g"), publish: ["a/b/#"], line: 40), rule(.user("u"), publish: ["a/b/{client}"], line: 50),
      ]
    ).grants(for: client("c", user: "u"))
  }

  @Test(
    arguments: [
      (.publish, "a/b/c", "allowed by a/b/{client} (access.yaml:51:7)"),
      (.publish, "a/b/x", "allowed by a/b/# (access.yaml:41:7)"),
      (.publish, "a/x", "allowed by a/# (access.yaml:31:7)"),
      (.publish, "b", "denied: no rule"),
      (
        .publish, "$SYS/x",
        "denied: clients never publish to topics that begin with $, but for $SYS/broker/connection/NAME/state"
      ),
      (.publish, "a/+", "denied: the topic is a topic name with a wildcard"),
      (.receive, "s/0", "denied by s/0 (access.yaml:33:7)"),
      (.receive, "s/1", "allowed by s/+ (access.yaml:32:7)"),
      (.subscribe, "s/0", "denied by s/0 (access.yaml:33:7)"),
      (.subscribe, "$share/g/s/+", "allowed by s/+ (access.yaml:32:7)"),
      (.subscribe, "s/#", "denied: no rule"),
      (.subscribe, "$share/g", "denied: a shared subscription is $share/GROUP/FILTER"),
    ] as [(AccessAction, String, String)])
  func `an explanation names the rule that decided, the client's own first`(
    action: AccessAction, topic: String, text: String
  ) throws {
    #expect(try grants().explain(action, topic).description == text)
  }

  @Test(arguments: ["a/b/c", "s/0", "s/+", "$SYS/x", "", "#", "x"])
  func `an explanation never differs from the decision`(topic: String) throws {
    let grants = try grants()
    #expect(grants.explain(.publish, topic).isAllowed == grants.mayPublish(topic))
    #expect(grants.explain(.receive, topic).isAllowed == grants.mayReceive(topic))
    #expect(grants.explain(.subscribe, topic).isAllowed == (grants.maySubscribe(topic) == .granted))
  }
}
