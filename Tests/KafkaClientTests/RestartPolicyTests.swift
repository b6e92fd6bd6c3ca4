import Testing

@testable import KafkaClient

struct RestartPolicyTests {
  @Test func `the first clients that end are replaced at once, further ones after ever longer pauses`() {
    var policy = RestartPolicy()
    let decisions = (0..<10).map { policy.clientEnded(atSeconds: Double($0)) }
    #expect(
      decisions == Array(repeating: .takeOver, count: 3)
        + [1, 2, 4, 8, 16, 30, 30].map { .refuse(pauseSeconds: $0) })
  }

  @Test func `what ended long ago doesn't count`() {
    var policy = RestartPolicy()
    for second in 0..<20 { _ = policy.clientEnded(atSeconds: Double(second)) }
    #expect(policy.clientEnded(atSeconds: 200) == .takeOver)
  }

  @Test func `a record's number comes back, and its time is known while it is under way`() {
    let records = ExpiringRecords()
    let first = records.add(7, deadlineMilliseconds: 1000)
    let second = records.add(7, deadlineMilliseconds: 500)
    #expect(first != second && first & ExpiringRecords.mark != 0)
    #expect(!records.isAnyOver(atMilliseconds: 499) && records.isAnyOver(atMilliseconds: 500))
    #expect(records.isOver(second, atMilliseconds: 500) && !records.isOver(first, atMilliseconds: 500))
    #expect(records.remove(second) == 7 && !records.isAnyOver(atMilliseconds: 999))
    #expect(records.isAnyOver(atMilliseconds: 1000))
    #expect(records.remove(first) == 7 && !records.isAnyOver(atMilliseconds: .max - 1))
    #expect(records.add(9, deadlineMilliseconds: 1) == first, "places are used again")
    #expect(records.remove(9) == 9 && !records.isOver(9, atMilliseconds: .max), "other numbers are left alone")
  }
}
