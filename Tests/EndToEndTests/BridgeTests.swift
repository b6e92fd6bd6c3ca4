import Testing

/// The bridge with the Kafka that lives in the broker, and kcat as everybody's Kafka client.
@Suite(.serialized, .broker { BridgeScenes.embedded })
struct BridgeTests {
  @Test
  func `a publish becomes a record with topic, key, headers and payload as mapped`() async throws {
    try await scenes().recordAsMapped()
  }

  @Test
  func `each set of headers writes what it says`() async throws { try await scenes().headerSets() }

  @Test(arguments: [1, 2])
  func `what was acknowledged is in Kafka`(qos: Int) async throws { try await scenes().acknowledgedIsThere(qos: qos) }

  @Test
  func `the records of one device keep their order`() async throws { try await scenes().order() }

  @Test
  func `keys go to the partitions that Java's clients choose`() async throws { try await scenes().partitions() }

  @Test
  func `a record reaches the subscribers of the topic that its key and headers make`() async throws {
    try await scenes().fromKafka()
  }

  @Test
  func `tombstones and strange keys harm nothing`() async throws { try await scenes().strangeRecords() }

  @Test
  func `a message is not fed back by the route on which it came`() async throws { try await scenes().loopGuard() }

  @Test
  func `a publish that access denies does not reach Kafka`() async throws { try await scenes().denied() }

  @Test
  func `a message with acknowledge receipt comes to Kafka, too`() async throws { try await scenes().receipt() }

  @Test
  func `a will becomes a record`() async throws { try await scenes().will() }

  private func scenes() async throws -> BridgeScenes {
    let broker = try SharedBroker.current
    return BridgeScenes(
      sluice: broker.sluice, port: broker.plainPort, kafka: try await broker.sluice.embeddedKafka())
  }
}
