import Testing

@testable import BrokerCore

struct DeadlineWheelTests {
  private func due(_ wheel: inout DeadlineWheel, _ now: Int64) -> [UInt64] {
    wheel.due(nowMilliseconds: now).map { if case .client(let id) = $0 { id } else { 0 } }
  }

  @Test func `a deadline is due when its quarter of a second is over, once`() {
    var wheel = DeadlineWheel(nowMilliseconds: 10_500)
    wheel.schedule(.client(1), atMilliseconds: 12_300)
    #expect(due(&wheel, 12_299).isEmpty)
    #expect(due(&wheel, 12_499).isEmpty)
    #expect(due(&wheel, 12_500) == [1])
    #expect(due(&wheel, 100_000).isEmpty)
  }

  @Test func `what is past or now is due at the next look, what is far is looked at within 64 s`() {
    var wheel = DeadlineWheel(nowMilliseconds: 100_000)
    wheel.schedule(.client(1), atMilliseconds: 5)
    wheel.schedule(.client(2), atMilliseconds: .max / 2)
    #expect(due(&wheel, 101_000) == [1])
    #expect(due(&wheel, 164_000) == [2])
  }

  @Test func `nothing is lost or early in a long random run with pauses`() {
    var generator = SeededGenerator(seed: 5)
    var now: Int64 = 0
    var wheel = DeadlineWheel(nowMilliseconds: now)
    var open: [UInt64: Int64] = [:]
    for id in 1...3000 as ClosedRange<UInt64> {
      let deadline = now + Int64.random(in: 0..<50_000, using: &generator)
      wheel.schedule(.client(id), atMilliseconds: deadline)
      open[id] = deadline
      now += Int64.random(in: 0..<(id % 100 == 0 ? 300_000 : 500), using: &generator)
      for late in due(&wheel, now) {
        #expect((open.removeValue(forKey: late) ?? .max) <= now)
      }
      #expect(open.values.allSatisfy { $0 > now - 250 })
    }
  }
}
