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
    #expect(found.map(\.property) == ["linger.ms", "acks", "x", "group.id"])
  }

  @Test(
    arguments: [
      ("security.protocol", "ssl", "ssl.ca.location", "/nowhere/ca.crt"),
      ("security.protocol", "SASL_SSL", "ssl.certificate.location", "/nowhere/client.crt"),
      ("enable.idempotence", "true", "max.in.flight", "100"),
    ])
  func `what a client can't be made with is told with its property`(
    first: String, value: String, second: String, other: String
  ) {
    let found = problems([(first, value), (second, other)])
    #expect(found.map(\.property) == [second], "\(found)")
    #expect(!other.hasPrefix("/") || found.first?.message.hasSuffix("\(other): No such file or directory") == true)
  }

  @Test func `SASL is not tried: nothing is run and nobody is asked`() {
    // With SASL librdkafka would want a Kerberos ticket here, by a program.
    let kerberos = problems([
      ("security.protocol", "sasl_plaintext"), ("sasl.mechanism", "GSSAPI"), ("sasl.kerberos.kinit.cmd", "exit 7"),
    ])
    #expect(kerberos.isEmpty, "\(kerberos)")
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

  @Test(arguments: ["^device-(a|b)$", "^x.*"]) func `a pattern is read as librdkafka reads it`(text: String) throws {
    let pattern = try KafkaTopicPattern(text)
    #expect(pattern.isExpression)
    #expect(pattern.matches("device-a") == text.hasPrefix("^device"))
    #expect(pattern.matches("xy") == (text == "^x.*"))
  }

  @Test(arguments: ["^(", "a b", "", ".", "..", String(repeating: "x", count: 250)])
  func `what can't be a topic or a pattern is refused`(text: String) {
    #expect(throws: KafkaError.self) { try KafkaTopicPattern(text) }
  }
}
