import BrokerCore
import Testing

@Suite struct LogRateLimitTests {
  private func admit(_ limit: inout LogRateLimit, _ event: String, _ now: Int64) -> Bool {
    limit.admit(event, nowMilliseconds: now)
  }

  @Test func `an event is written so often a second, and others are not affected`() {
    var limit = LogRateLimit(eventsPerSecondMax: 3)
    let admitted = (0..<100).filter { limit.admit("a", nowMilliseconds: Int64($0)) }
    #expect(admitted == [0, 1, 2])
    #expect(admit(&limit, "b", 100))
    #expect(admit(&limit, "a", 1000))
  }

  @Test func `what was left out is told once, when its second is over`() {
    var limit = LogRateLimit(eventsPerSecondMax: 1)
    for now in 0..<10 { _ = limit.admit("a", nowMilliseconds: Int64(now)) }
    let early = limit.omissions(nowMilliseconds: 10)
    #expect(early.isEmpty)
    let told = limit.omissions(nowMilliseconds: 1010)
    #expect(told.map(\.event) == ["a"])
    #expect(told.map(\.count) == [9])
    let again = limit.omissions(nowMilliseconds: 3000)
    #expect(again.isEmpty)
  }

  @Test func `at the end everything is told`() {
    var limit = LogRateLimit(eventsPerSecondMax: 1)
    for event in ["b", "a", "b", "a", "c"] { _ = limit.admit(event, nowMilliseconds: 0) }
    let told = limit.omissions(nowMilliseconds: 1, all: true)
    #expect(told.map(\.event) == ["a", "b"])
  }

  @Test func `more events than are told apart share one budget`() {
    var limit = LogRateLimit(eventsPerSecondMax: 2)
    let admitted = (0..<10_000).filter { limit.admit("event \($0)", nowMilliseconds: 0) }
    #expect(admitted.count == LogRateLimit.eventsMax + 2)
    let told = limit.omissions(nowMilliseconds: 0, all: true)
    #expect(told.count == 1)
    #expect(told.first?.count == UInt64(10_000 - admitted.count))
  }

  @Test func `no clock value overflows`() {
    var limit = LogRateLimit(eventsPerSecondMax: 1)
    #expect(admit(&limit, "a", 5))
    #expect(!admit(&limit, "a", 3), "a clock that steps back opens no new window")
  }
}
