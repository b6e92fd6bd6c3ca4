import Testing

@testable import KafkaClient

struct FetchWatchTests {
  @Test
  func `the fetcher is woken each time half of what was queued is read, and at the end, and not while all is new`() {
    var watch = FetchWatch()
    let reads = [(900, 100), (501, 399), (500, 1), (400, 100), (2_000, 400), (0, 2_000), (0, 0), (0, 1)]
    let isDue = reads.map { watch.isDue(queued: $0.0, read: $0.1) }
    #expect(isDue == [false, false, true, false, false, true, false, true])
  }
}
