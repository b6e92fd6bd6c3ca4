import Testing

@testable import KafkaBridge

struct ReadAheadTests {
  /// Runs records through, each of which is completed after so long, as many as are let; how many a second at last.
  private func rate(_ secondsEach: Double, perStepMax: UInt64) -> (perSecond: Double, records: Int) {
    var ahead = ReadAhead()
    var queue: [(due: Double, count: UInt64)] = []
    var (completed, open, now) = (UInt64(0), UInt64(0), 0.0)
    var atHalf: UInt64 = 0
    let step = 0.001
    for index in 0..<6_000 {
      now += step
      var budget = perStepMax
      while let first = queue.first, first.due <= now, budget > 0 {
        let done = min(first.count, budget)
        budget -= done
        completed += done
        open -= done
        if done == first.count { queue.removeFirst() } else { queue[0].count -= done }
      }
      ahead.look(completed: completed, open: open, atSeconds: now)
      if !ahead.isReached(open: open) {
        open += 500
        ahead.began(completed: completed, open: open, atSeconds: now)
        queue.append((now + secondsEach, 500))
      }
      if index == 3_000 { atHalf = completed }
    }
    return (Double(completed - atHalf) / 3, ahead.records)
  }

  @Test func `a subscriber that is far away gets as many records under way as its answers take`() {
    let far = rate(0.1, perStepMax: .max)
    #expect(far.perSecond > 250_000, "\(far)")
  }

  @Test func `what is completed at once, or no faster, needs few`() {
    #expect(rate(0.001, perStepMax: .max).records <= 2_500)
    let busy = rate(0.001, perStepMax: 20)
    #expect(busy.records <= 1_500 && busy.perSecond > 19_000, "\(busy)")
  }

  @Test func `records of one who is slow are waited for once, and hold nobody from then on`() {
    var ahead = ReadAhead()
    ahead.look(completed: 0, open: 1_000, atSeconds: 0)
    #expect(ahead.isReached(open: 1_000) && ahead.waitMilliseconds == 20)
    ahead.allow(open: 1_000)
    #expect(!ahead.isReached(open: 1_500) && ahead.isReached(open: 2_000))
    // Once they are done it is as before.
    ahead.look(completed: 1_900, open: 100, atSeconds: 1)
    #expect(ahead.isReached(open: 1_100))
  }
}
