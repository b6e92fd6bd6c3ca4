import Testing

@testable import Security

struct GrantsTests {
  @Test func `a policy without rules denies everything`() throws {
    let grants = try AccessPolicy().grants(for: client("a", user: "u", certificate: "c"))
    #expect(!grants.mayPublish("a"))
    #expect(!grants.mayReceive("a"))
    #expect(grants.maySubscribe("a") == .denied)
  }

  @Test func `an allow to publish is no allow to subscribe, nor the other way`() throws {
    let policy = try AccessPolicy(rules: [rule(.everyone, publish: ["up/#"], subscribe: ["down/#"])])
    let grants = policy.grants(for: client("a"))
    #expect(grants.mayPublish("up/x"))
    #expect(!grants.mayPublish("down/x"))
    #expect(grants.mayReceive("down/x"))
    #expect(!grants.mayReceive("up/x"))
    #expect(grants.maySubscribe("up/x") == .denied)
  }

  @Test func `the example of the design works as written`() throws {
    let policy = try AccessPolicy(
      groups: [group("sensors", ["certificate:CN=sensor-*", "user:line-4"])],
      rules: [
        rule(
          .group("sensors"), publish: ["plants/+/devices/{client}/telemetry/#"],
          subscribe: ["plants/+/devices/{client}/commands"]),
        rule(.client("auditor"), subscribe: ["plants/#"], denySubscribe: ["plants/9/#"]),
      ])
    let sensor = policy.grants(for: client("s1", certificate: "sensor-1"))
    #expect(sensor.mayPublish("plants/7/devices/s1/telemetry/heat"))
    #expect(!sensor.mayPublish("plants/7/devices/s2/telemetry/heat"))
    #expect(sensor.maySubscribe("plants/7/devices/s1/commands") == .granted)
    #expect(sensor.maySubscribe("plants/+/devices/s1/commands") == .granted)
    #expect(sensor.maySubscribe("plants/+/devices/+/commands") == .denied)
    #expect(policy.grants(for: client("s1", user: "line-4")).mayPublish("plants/7/devices/s1/telemetry"))
    #expect(!policy.grants(for: client("s1", certificate: "pump-1")).mayPublish("plants/7/devices/s1/telemetry"))

    let auditor = policy.grants(for: client("auditor"))
    #expect(auditor.maySubscribe("plants/#") == .granted)
    #expect(auditor.mayReceive("plants/8/devices/s1/telemetry"))
    #expect(!auditor.mayReceive("plants/9/devices/s1/telemetry"))
    #expect(!auditor.mayReceive("plants/9"))
    #expect(auditor.maySubscribe("plants/9/#") == .denied)
    #expect(auditor.maySubscribe("plants/9/devices/s1/telemetry") == .denied)
    #expect(!auditor.mayPublish("plants/8/x"))
  }

  @Test func `a deny wins from wherever it comes, and in whichever order`() throws {
    let groups = [group("g", ["user:u"])]
    let allow = rule(.user("u"), publish: ["#"])
    for deny in [
      rule(.group("g"), denyPublish: ["secret/#"]), rule(.everyone, denyPublish: ["secret/#"]),
      rule(.client("c"), denyPublish: ["secret/#"]), rule(.user("u"), denyPublish: ["secret/#"]),
      rule(.certificate("n"), denyPublish: ["secret/#"]),
    ] {
      let needed = [rule(.group("g"), publish: ["g"])]
      for rules in [[allow, deny], [deny, allow]] {
        let policy = try AccessPolicy(groups: groups, rules: rules + needed)
        let grants = policy.grants(for: client("c", user: "u", certificate: "n"))
        #expect(!grants.mayPublish("secret/x"))
        #expect(grants.mayPublish("open/x"))
      }
    }
  }

  @Test func `a deny of publishing does not touch receiving`() throws {
    let policy = try AccessPolicy(rules: [rule(.everyone, publish: ["a/#"], subscribe: ["a/#"], denyPublish: ["a/b"])])
    let grants = policy.grants(for: client("c"))
    #expect(!grants.mayPublish("a/b"))
    #expect(grants.mayReceive("a/b"))
    #expect(grants.maySubscribe("a/b") == .granted)
  }

  @Test(arguments: ["home/#", "#", "+/+", "+/#", "$share/g/#", "$share/g/home/#", "home/+/#", "home", "+", "+/x"])
  func `a filter that reaches beyond the grant home,+ is refused`(filter: String) throws {
    let grants = try AccessPolicy(rules: [rule(.everyone, subscribe: ["home/+"])]).grants(for: client("c"))
    #expect(grants.maySubscribe(filter) == .denied)
  }

  @Test(arguments: ["home/+", "home/x", "home/", "$share/g/home/+", "$share/g/home/x"])
  func `a filter inside the grant home,+ is granted`(filter: String) throws {
    let grants = try AccessPolicy(rules: [rule(.everyone, subscribe: ["home/+"])]).grants(for: client("c"))
    #expect(grants.maySubscribe(filter) == .granted)
  }

  @Test func `an allowed and a forbidden filter are each judged by themselves`() throws {
    let grants = try AccessPolicy(rules: [rule(.everyone, subscribe: ["mine/#"])]).grants(for: client("c"))
    #expect(["mine/a", "yours/a", "mine/#"].map(grants.maySubscribe) == [.granted, .denied, .granted])
  }

  @Test func `a bridge's state may be published where a rule names it, and nothing beside it`() throws {
    func grants(_ filter: String) throws -> Grants {
      try AccessPolicy(rules: [rule(.everyone, publish: ["#", "+/+/+/+/+", "+/broker/#", filter])])
        .grants(for: client("hall"))
    }
    for filter in ["$SYS/broker/connection/+/state", "$SYS/broker/connection/{client}/state"] {
      let named = try grants(filter)
      #expect(named.mayPublish("$SYS/broker/connection/hall/state"))
      for topic in [
        "$SYS/broker/connection/hall/stat", "$SYS/broker/connection/state", "$SYS/broker/connection//state",
        "$SYS/broker/connection/a/b/state", "$SYS/broker/connection/hall/state/x", "$SYS/broker/uptime",
        "$sys/broker/connection/hall/state", "$SYS/broker/connection/hall/state/",
      ] {
        #expect(!named.mayPublish(topic), "\(topic)")
      }
      #expect(!named.mayReceive("$SYS/broker/connection/hall/state"))
    }
    #expect(try !grants("$SYS/broker/connection/{client}/state").mayPublish("$SYS/broker/connection/other/state"))
    #expect(try !grants("a").mayPublish("$SYS/broker/connection/hall/state"))
    let denied = try AccessPolicy(rules: [
      rule(.everyone, publish: ["$SYS/broker/connection/+/state"], denyPublish: ["$SYS/broker/connection/hall/#"])
    ]).grants(for: client("hall"))
    #expect(!denied.mayPublish("$SYS/broker/connection/hall/state"))
    #expect(denied.mayPublish("$SYS/broker/connection/other/state"))
  }

  @Test(arguments: ["$test/x", "$SYS/broker/clients", "$", "$share/g/x", "$queue/x"])
  func `nobody publishes to a topic that begins with a dollar sign`(topic: String) throws {
    let grants = try AccessPolicy(rules: [rule(.everyone, publish: ["#", "+/#"])]).grants(for: client("c"))
    #expect(!grants.mayPublish(topic))
    #expect(!grants.explain(.publish, topic).isAllowed)
    #expect(grants.mayPublish("test/$x"))
  }

  @Test func `topics of the broker itself need a grant that names their first level`() throws {
    let wide = try AccessPolicy(rules: [rule(.everyone, subscribe: ["#", "+/broker/#"])]).grants(for: client("c"))
    #expect(wide.maySubscribe("$SYS/#") == .denied)
    #expect(wide.maySubscribe("$SYS/broker/clients") == .denied)
    #expect(!wide.mayReceive("$SYS/broker/clients"))
    #expect(wide.maySubscribe("$share/g/$SYS/broker/#") == .denied)
    let named = try AccessPolicy(rules: [rule(.everyone, subscribe: ["$SYS/broker/#"])]).grants(for: client("c"))
    #expect(named.maySubscribe("$SYS/broker/+") == .granted)
    #expect(named.mayReceive("$SYS/broker/clients"))
    #expect(named.maySubscribe("$SYS/#") == .denied)
    #expect(named.maySubscribe("#") == .denied)
  }

  @Test(arguments: ["", "a/+", "a/#", "#", "+", "a\0b", "a+", "a#"])
  func `what is not a topic name is neither published nor received`(topic: String) throws {
    let grants = try AccessPolicy(rules: [rule(.everyone, publish: ["#"], subscribe: ["#"])]).grants(for: client("c"))
    #expect(!grants.mayPublish(topic))
    #expect(!grants.mayReceive(topic))
  }

  @Test(arguments: [
    "", "a/#/b", "a+", "+a", "a/b#", "##", "a\0", "$share/g", "$share/g/", "$share//a", "$share/+/a", "$share/g#/a",
  ])
  func `what is not a filter is malformed`(filter: String) throws {
    let grants = try AccessPolicy(rules: [rule(.everyone, subscribe: ["#"])]).grants(for: client("c"))
    #expect(grants.maySubscribe(filter) == .malformed)
    #expect(!grants.explain(.subscribe, filter).isAllowed)
  }

  @Test func `a topic of 65,500 slashes is refused by its depth`() throws {
    let slashes = String(repeating: "/", count: 65_500)
    let policy = try AccessPolicy(rules: [rule(.everyone, publish: ["#"], subscribe: ["#", "+/+/+/#"])])
    let grants = policy.grants(for: client("c"))
    #expect(!grants.mayPublish(slashes))
    #expect(!grants.mayReceive(slashes))
    #expect(grants.maySubscribe(slashes) == .malformed)
    #expect(grants.maySubscribe(String(repeating: "+/", count: 32_000) + "#") == .malformed)
    #expect(grants.maySubscribe("$share/g/" + slashes) == .malformed)
    #expect(grants.explain(.publish, slashes).reason.contains("more than 128 levels"))
    #expect(grants.mayPublish(String(repeating: "/", count: AccessLimits.levelsMax - 1)))
    #expect(!grants.mayPublish(String(repeating: "/", count: AccessLimits.levelsMax)))
  }

  @Test func `a topic longer than MQTT can carry is refused`() throws {
    let grants = try AccessPolicy(rules: [rule(.everyone, publish: ["#"])]).grants(for: client("c"))
    #expect(grants.mayPublish(String(repeating: "x", count: 65_535)))
    #expect(!grants.mayPublish(String(repeating: "x", count: 65_536)))
  }

  @Test func `new grants after a reload no longer hold the right that was taken away`() throws {
    let before = try AccessPolicy(rules: [rule(.user("u"), publish: ["a"], subscribe: ["a"])])
    let after = try AccessPolicy(rules: [rule(.user("other"), publish: ["a"], subscribe: ["a"])])
    let identity = client("c", user: "u")
    #expect(before.grants(for: identity).mayPublish("a"))
    #expect(before.grants(for: identity).mayReceive("a"))
    // The same questions that a delayed will, a PUBREL and a durable session ask again.
    #expect(!after.grants(for: identity).mayPublish("a"))
    #expect(!after.grants(for: identity).mayReceive("a"))
    #expect(after.grants(for: identity).maySubscribe("a") == .denied)
  }
}
