import KafkaClient
import Testing

struct KafkaConfigurationTests {
  private func error(_ properties: [(name: String, value: String)]) -> KafkaError? {
    do throws(KafkaError) {
      try KafkaConfiguration(bootstrapServers: "127.0.0.1:1", properties: properties).check()
      return nil
    } catch { return error }
  }

  @Test func `properties that librdkafka knows are accepted`() {
    #expect(error([("linger.ms", "7"), ("compression.type", "zstd"), ("message.timeout.ms", "0")]) == nil)
  }

  @Test func `an unknown property is named in the error`() {
    #expect(error([("linger.milliseconds", "7")])?.reason.contains("linger.milliseconds") == true)
  }

  @Test func `a bad value is told with its property and the reason`() {
    let reason = error([("linger.ms", "soon")])?.reason ?? ""
    #expect(reason.contains("linger.ms") && reason.contains("Invalid value"))
  }

  @Test func `a NUL in a value is refused instead of cutting it short`() {
    #expect(error([("client.id", "a\0b")])?.reason.contains("NUL") == true)
  }

  @Test(arguments: ["sasl.password", "ssl.key.password", "ssl.key.pem", "sasl.oauthbearer.client.secret"])
  func `a secret is neither printed nor quoted in an error`(name: String) {
    let configuration = KafkaConfiguration(bootstrapServers: "b", properties: [(name, "hunter2")])
    #expect(!configuration.description.contains("hunter2"))
    #expect(configuration.description.contains(name))
    #expect(error([(name, "hunter2\0")])?.reason.contains("hunter2") == false)
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
