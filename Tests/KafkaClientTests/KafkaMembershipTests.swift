import Testing

@testable import KafkaClient

struct KafkaMembershipTests {
  @Test(arguments: [
    ("plant-9b8f0c1e-0d6e-4f3a-9c38-4a51e3c6f7aa", true), ("plant-p3Yv0nLbTq2hV0Wc4d8a1A", true),
    ("plant-7-9b8f0c1e-0d6e-4f3a-9c38-4a51e3c6f7aa", false), ("plan", false), ("plant-", false), ("", false),
    ("rdkafka-9b8f0c1e-0d6e-4f3a-9c38-4a51e3c6f7aa", false),
  ])
  func `a member is known by its name before the part that a broker made up`(identifier: String, isOne: Bool) {
    #expect(KafkaMembership.isIdentifier(identifier, ofInstance: "plant") == isOne)
  }
}
