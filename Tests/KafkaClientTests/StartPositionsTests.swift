import Testing

@testable import KafkaClient

struct StartPositionsTests {
  private func place(_ topic: String, _ partition: Int32) -> KafkaTopicPartition {
    KafkaTopicPartition(topic: topic, partition: partition)
  }

  @Test func `what was there before the group is left out, and nothing that comes later`() {
    var positions = StartPositions()
    #expect(!positions.isReady)
    positions.learned(["old": 2])
    positions.learned(["old": 9, "new": 1])
    #expect(positions.isReady)
    #expect(positions.begin(place("old", 0), committed: []) == .atEnd)
    #expect(positions.begin(place("old", 1), committed: []) == .atEnd)
    #expect(positions.begin(place("old", 2), committed: []) == .atBeginning, "a partition that was added")
    #expect(positions.begin(place("new", 0), committed: []) == .atBeginning, "a topic that was added")
    #expect(positions.begin(place("new", 1), committed: [0, 1]) == .atCommitted)
  }

  @Test func `a partition that was added while the consumer was away is read from its beginning`() {
    var positions = StartPositions()
    positions.learned(["t": 4])
    #expect(positions.begin(place("t", 3), committed: [0, 1, 2]) == .atBeginning)
    #expect(positions.begin(place("t", 1), committed: [0, 2]) == .atEnd)
  }

  @Test func `a topic that was made anew is read from its beginning`() {
    var positions = StartPositions()
    positions.learned(["t": 1])
    #expect(positions.begin(place("t", 0), committed: []) == .atEnd)
    #expect(positions.begin(place("t", 0), committed: [0]) == .atCommitted)
    #expect(positions.begin(place("t", 0), committed: []) == .atBeginning)
  }

  @Test(arguments: [
    ("[thrd:main]: t-1.x [3]: offset reset (at offset 100, broker 1) to BEGINNING: fetch failed: x", "t-1.x", 3, 100),
    ("t [0]: offset reset (at offset 7 (leader epoch 2), broker 1) to offset 5: x", "t", 0, 7),
  ])
  func `an offset at which Kafka has nothing is read from the library's line`(
    line: String, topic: String, partition: Int32, offset: Int64
  ) {
    #expect(OffsetReset(line) == OffsetReset(place(topic, partition), offset: offset))
  }

  @Test(arguments: [
    "", "[thrd:main]: ", "t [0]: offset reset (at offset INVALID, broker 1)", "[]: offset reset (at offset 1",
    " [9999999999]: offset reset (at offset 1", "]: offset reset (at offset 1 [0]", "t [x]: offset reset (at offset 1,",
  ])
  func `other lines are none`(line: String) { #expect(OffsetReset(line) == nil) }
}
