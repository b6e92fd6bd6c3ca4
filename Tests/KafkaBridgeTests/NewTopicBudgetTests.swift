import Testing

@testable import KafkaBridge

struct NewTopicBudgetTests {
  /// How many of so many new names a client gets.
  private func taken(_ count: Int, by client: [UInt8], at now: Double, of budget: inout NewTopicBudget) -> Int {
    var taken = 0
    for _ in 0..<count where budget.take(by: client, atSeconds: now) { taken += 1 }
    return taken
  }

  @Test func `a client names so many topics at once, and more as time passes, whatever others do`() {
    var budget = NewTopicBudget()
    let first = taken(2_000, by: [1], at: 10, of: &budget)
    let other = taken(1, by: [2], at: 10, of: &budget)
    let soon = taken(1, by: [1], at: 10.1, of: &budget)
    let later = taken(10, by: [1], at: 11, of: &budget)
    #expect(first == 1_000 && other == 1 && soon == 0 && later == 5)
  }

  @Test func `names that Kafka doesn't have cost more, and no client is shut out for long`() {
    var budget = NewTopicBudget()
    for _ in 0..<200 {
      _ = budget.take(by: [1], atSeconds: 0)
      budget.charge([1], atSeconds: 0)
    }
    let soon = taken(1, by: [1], at: 0.1, of: &budget)
    let later = taken(1, by: [1], at: 0.3, of: &budget)
    #expect(soon == 0 && later == 1)
  }

  @Test func `it remembers a bounded number of clients`() {
    var budget = NewTopicBudget()
    _ = taken(1_000, by: [1], at: 0, of: &budget)
    var most = 0
    for client in 0..<(NewTopicBudget.clientsMax * 3) {
      _ = budget.take(by: withUnsafeBytes(of: client) { Array($0) }, atSeconds: Double(client) / 1_000)
      most = max(most, budget.clients)
    }
    #expect(most <= NewTopicBudget.clientsMax)
    let later = taken(1, by: [1], at: 300, of: &budget)
    #expect(later == 1)
  }
}
