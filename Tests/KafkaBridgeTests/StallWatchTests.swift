import Testing

@testable import KafkaBridge

struct StallWatchTests {
  private func counters(
    _ delivered: UInt64, open: UInt64, name: String = "m", _ direction: MappingCounters.Direction = .toKafka
  ) -> MappingCounters {
    MappingCounters(
      name: name, direction: direction, accepted: delivered + open, delivered: delivered, open: open)
  }

  @Test func `records that wait from one look to the next are told once, and told again when they move`() {
    var watch = StallWatch()
    func look(_ delivered: UInt64, open: UInt64) -> [Bool] {
      watch.look(at: [counters(delivered, open: open)]).map(\.isStalled)
    }
    #expect(look(0, open: 5).isEmpty)
    #expect(look(5, open: 5).isEmpty, "they are others")
    #expect(look(5, open: 5) == [true])
    #expect(look(5, open: 9).isEmpty)
    #expect(look(6, open: 8) == [false])
    #expect(look(6, open: 0).isEmpty && look(6, open: 0).isEmpty && look(6, open: 1).isEmpty)
  }

  @Test func `each mapping and direction is watched by itself`() {
    var watch = StallWatch()
    let first = [counters(1, open: 1), counters(1, open: 1, .fromKafka), counters(1, open: 1, name: "n")]
    #expect(watch.look(at: first).isEmpty)
    let second = [counters(2, open: 1), counters(1, open: 1, .fromKafka), counters(1, open: 0, name: "n")]
    let changes = watch.look(at: second)
    #expect(changes.map(\.counters.direction) == [.fromKafka])
    #expect(changes.first?.event.contains("subscribers") == true)
  }
}
