import Testing

@testable import BrokerCore
@testable import KafkaBridge
@testable import KafkaClient

/// SplitMix64: the same numbers for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

struct OffsetTrackerTests {
  @Test func `the low-water mark is the first record that is not done`() {
    var tracker = OffsetTracker()
    #expect(tracker.lowWater == nil)
    let opened = [5, 6, 9].map { tracker.open($0) }
    #expect(opened == [true, true, true])
    #expect(tracker.lowWater == 5)
    let marks = [6, 5, 5, 7, 9].map { tracker.complete($0) }
    #expect(marks == [nil, 9, nil, nil, 10])
    #expect(tracker.openCount == 0 && tracker.lowWater == 10)
  }

  @Test func `an offset that is not above the others is not opened`() {
    var tracker = OffsetTracker()
    let opened = [5, 5, 4].map { tracker.open($0) }
    #expect(opened == [true, false, false] && tracker.openCount == 1)
    let mark = tracker.complete(5)
    let again = tracker.open(5)
    #expect(mark == 6 && !again)
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func `in any order the mark equals a plain model's and never falls`(seed: UInt64) {
    var random = SeededGenerator(state: seed)
    var tracker = OffsetTracker()
    var open: [Int64] = []
    var next: Int64 = 0
    var mark: Int64?
    for _ in 0..<2_000 {
      if open.isEmpty || Bool.random(using: &random) && open.count < 300 {
        next += Int64.random(in: 1...3, using: &random)
        let isOpened = tracker.open(next)
        #expect(isOpened)
        open.append(next)
      } else {
        let offset = open.remove(at: Int.random(in: 0..<open.count, using: &random))
        if let risen = tracker.complete(offset) {
          #expect(risen > mark ?? Int64.min)
          mark = risen
        }
      }
      #expect(tracker.openCount == open.count)
      #expect(tracker.lowWater == (open.min() ?? next + 1))
    }
  }

  @Test(arguments: 0..<30 as Range<UInt64>)
  func `under assignments, rewinds and late completions the books balance and no mark passes an open record`(
    seed: UInt64
  ) {
    var random = SeededGenerator(state: seed)
    var state = InboundState(name: "m", openRecordsMax: 20)
    let place = KafkaTopicPartition(topic: "t", partition: 0)
    var open: [RecordPosition] = []
    var next: Int64 = 0
    var paused = false
    state.assign(place, shard: 0)
    for _ in 0..<3_000 {
      var wishes = InboundState.Wishes()
      switch Int.random(in: 0..<100, using: &random) {
      case 0:
        state.revoke(place)
        state.assign(place, shard: 0)
        paused = false
      case 1: next = max(0, next - 5)
      case 2..<50 where !paused:
        guard let number = state.number(of: place) else { return #expect(Bool(false)) }
        if next % 7 == 0 {
          state.pass(number, offset: next, isLooped: next % 2 == 0, &wishes)
        } else if let opened = state.open(number, offset: next, &wishes) {
          open.append(RecordPosition(partition: opened, offset: next))
        }
        next += 1
      default:
        guard !open.isEmpty else { continue }
        let position = open.remove(at: Int.random(in: 0..<open.count, using: &random))
        state.complete(position, &wishes)
        state.complete(position, &wishes)
      }
      if !wishes.pauses.isEmpty { paused = true }
      if !wishes.resumes.isEmpty { paused = false }
      let counters = state.counters
      #expect(counters.accepted == counters.delivered + counters.refused + counters.expired + counters.open)
      #expect(counters.open == UInt64(open.count))
      if let mark = wishes.stores[place] {
        let present = state.number(of: place)
        #expect(open.allSatisfy { $0.partition != present || $0.offset >= mark })
      }
    }
    // Whatever was paused is resumed once everything is done.
    var wishes = InboundState.Wishes()
    for position in open { state.complete(position, &wishes) }
    #expect(!paused || !wishes.resumes.isEmpty)
    #expect(state.counters.open == 0)
  }
}
