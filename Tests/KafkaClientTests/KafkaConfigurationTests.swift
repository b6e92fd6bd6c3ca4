import KafkaClient
import Testing

struct KafkaConfigurationTests {
  private func problems(_ properties: [(name: String, value: String)]) -> [KafkaConfigurationProblem] {
    KafkaConfiguration(bootstrapServers: "127.0.0.1:1", properties: properties).problems()
  }

  private func message(_ properties: [(name: String, value: String)]) -> String? { problems(properties).first?.message }

  @Test func `properties that librdkafka knows are accepted`() {
    #expect(problems([("linger.ms", "7"), ("compression.type", "zstd"), ("message.timeout.ms", "0")]).isEmpty)
  }

  @Test func `an unknown property is named in the error`() {
    let found = problems([("linger.milliseconds", "7")])
    #expect(found.first?.message == "there is no Kafka property \"linger.milliseconds\"")
    #expect(found.map(\.isUnknownName) == [true] && found.map(\.property) == ["linger.milliseconds"])
    #expect(
      Set(["linger.ms", "security.protocol", "sasl.username", "acks"]).isSubset(of: KafkaConfiguration.knownNames))
  }

  @Test func `a bad value is told with its property and the reason`() {
    let reason = message([("linger.ms", "soon")]) ?? ""
    #expect(reason.contains("linger.ms") && reason.contains("Invalid value"))
  }

  @Test func `every property that is wrong is told`() {
    let found = problems([("linger.ms", "soon"), ("client.id", "ok"), ("acks", "1"), ("x", "1"), ("group.id", "g")])
    #expect(found.map(\.property) == ["linger.ms", "acks", "x", "group.id"], "\(found)")
  }

  @Test(
    arguments: [
      ("security.protocol", "ssl", "ssl.ca.location", "/nowhere/ca.crt"),
      ("security.protocol", "SASL_SSL", "ssl.certificate.location", "/nowhere/client.crt"),
      ("enable.idempotence", "true", "max.in.flight", "100"),
      ("enable.idempotence", "true", "max.in.flight.requests.per.connection", "100"),
      ("enable.idempotence", "true", "retries", "0"), ("client.id", "x", "max.poll.interval.ms", "5000"),
    ])
  func `what a client can't be made with is told with its property`(
    first: String, value: String, second: String, other: String
  ) {
    let found = problems([(first, value), (second, other)])
    #expect(found.map(\.property) == [second], "\(found)")
    #expect(!other.hasPrefix("/") || found.first?.message.hasSuffix("\(other): No such file or directory") == true)
  }

  @Test func `SASL is tried without running a program or asking anybody`() {
    let sasl = ("security.protocol", "sasl_plaintext")
    // librdkafka would fetch a Kerberos ticket here, by a program.
    #expect(problems([sasl, ("sasl.mechanism", "GSSAPI"), ("sasl.kerberos.kinit.cmd", "touch /tmp/asked")]).isEmpty)
    // Not every build can fetch tokens; then the property is told as one that this build lacks.
    let oidc = [sasl, ("sasl.mechanism", "OAUTHBEARER"), ("sasl.oauthbearer.method", "oidc")]
    let whole = [
      ("sasl.oauthbearer.client.id", "a"), ("sasl.oauthbearer.client.secret", "b"),
      ("sasl.oauthbearer.token.endpoint.url", "http://192.0.2.1/token"),
    ]
    if message(oidc)?.contains("not supported in this build") != true {
      #expect(message(oidc)?.contains("sasl.oauthbearer.client.id") == true)
      #expect(problems(oidc + whole).isEmpty)
    }
    #expect(message([sasl, ("sasl.mechanisms", "PLAIN")])?.contains("sasl.username") == true)
    #expect(message([sasl, ("sasl.mechanism", "OAUTHBEARER")])?.contains("needs a source of tokens") == true)
  }

  @Test(
    arguments: [
      ("queue.buffering.max.ms", "linger.ms", "7"), ("compression.codec", "compression.type", "zstd"),
      ("request.required.acks", "acks", "all"), ("sasl.mechanisms", "sasl.mechanism", "PLAIN"),
      ("message.send.max.retries", "retries", "7"), ("delivery.timeout.ms", "message.timeout.ms", "9000"),
      ("max.in.flight.requests.per.connection", "max.in.flight", "3"),
      ("max.partition.fetch.bytes", "fetch.message.max.bytes", "7000"),
    ])
  func `a property has all of its names, and a default doesn't win over any`(one: String, other: String, value: String)
  {
    for (given, asked) in [(one, other), (other, one)] {
      let configuration = KafkaConfiguration(bootstrapServers: "b", properties: [(given, value)])
      #expect(configuration[asked] == value)
      #expect(configuration.defaulting(asked, to: "8")[given] == value)
      #expect(configuration.defaulting(asked, to: "8").properties.count == configuration.properties.count)
    }
    let both = problems([(one, value), (other, value)])
    #expect(both.map(\.property) == [other] && both[0].message.contains("another name of \(one)"), "\(both)")
  }

  @Test func `what a promise rests on is refused under any name, and taken where it says the same`() {
    for (name, value) in [
      ("request.required.acks", "1"), ("acks", "0"), ("enable.idempotence", "false"), ("enable.auto.commit", "false"),
      ("auto.commit.enable", "false"), ("transactional.id", "t"), ("group.instance.id", "x"),
      ("delivery.report.only.error", "true"), ("enable.gapless.guarantee", "true"), ("enabled_events", "255"),
      ("log.queue", "true"), ("enable.partition.eof", "true"), ("internal.termination.signal", "15"),
      ("plugin.library.paths", "monitoring-interceptor"), ("test.mock.num.brokers", "3"), ("queuing.strategy", "lifo"),
      ("auto.commit.interval.ms", "0"), ("partition.assignment.strategy", "cooperative-sticky"),
      ("offset.store.method", "none"),
    ] {
      let found = problems([(name, value)])
      #expect(found.map(\.property) == [name], "\(name)")
      #expect(found.first?.message.contains(" here") == true, "\(found)")
    }
    #expect(
      problems([
        ("acks", "-1"), ("enable.idempotence", "1"), ("enable.auto.commit", "TRUE"), ("log.queue", "false"),
        ("delivery.report.only.error", "false"), ("test.mock.num.brokers", "0"),
      ]).isEmpty)
  }

  @Test func `a property that only later versions have is told as that`() {
    for name in ["enable.metrics.push", "retry.backoff.max.ms", "sasl.oauthbearer.assertion.file"]
    where !KafkaConfiguration.knownNames.contains(name) {
      let found = problems([(name, "1")])
      #expect(found.first?.message.contains("\(KafkaLibrary.version), which runs here, has no property") == true)
      #expect(found.map(\.isUnknownName) == [false])
    }
  }

  @Test func `a token that clients make themselves is warned of where its renewal crashes`() {
    func notices(_ unsecured: String) -> [String] {
      KafkaConfiguration(
        bootstrapServers: "b",
        properties: [("sasl.mechanisms", "OAUTHBEARER"), ("enable.sasl.oauthbearer.unsecure.jwt", unsecured)]
      ).notices
    }
    #expect(notices("false").isEmpty)
    #expect(KafkaLibrary.version != "2.0.2" || notices("true").first?.contains("crashes") == true)
  }

  @Test func `a NUL in a value is refused instead of cutting it short`() {
    #expect(message([("client.id", "a\0b")])?.contains("NUL") == true)
  }

  @Test(arguments: ["sasl.password", "ssl.key.password", "ssl.key.pem", "sasl.oauthbearer.client.secret"])
  func `a secret is neither printed nor quoted in an error`(name: String) {
    let configuration = KafkaConfiguration(bootstrapServers: "b", properties: [(name, "hunter2")])
    #expect(!configuration.description.contains("hunter2"))
    #expect(configuration.description.contains(name))
    #expect(message([(name, "hunter2\0")])?.contains("hunter2") == false)
  }

  @Test func `SCRAM is warned of when the library is too old for it`() {
    let scram = KafkaConfiguration(bootstrapServers: "b", properties: [("sasl.mechanism", "SCRAM-SHA-512")])
    #expect(scram.notices.isEmpty == KafkaLibrary.isScramSound)
    #expect(KafkaConfiguration(bootstrapServers: "b", properties: [("sasl.mechanism", "PLAIN")]).notices.isEmpty)
  }

  @Test func `a property on which a promise rests can't be changed`() {
    let weak = KafkaConfiguration(bootstrapServers: "127.0.0.1:1", properties: [("acks", "1")])
    #expect {
      _ = try KafkaProducer(configuration: weak, log: { _ in }, deliveries: { _ in })
    } throws: {
      "\($0)".contains("acks must be all")
    }
  }
}
