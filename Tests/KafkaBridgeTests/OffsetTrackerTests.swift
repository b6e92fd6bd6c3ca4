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
    var limits = KafkaBridgeLimits()
    limits.openRecordsMax = 20
    limits.openBytesMax = 150
    limits.heldRecordsMax = 40
    var state = InboundState(name: "m", limits: limits)
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
        } else if let opened = state.open(number, offset: next, bytes: Int(next % 13), &wishes) {
          open.append(RecordPosition(partition: opened, offset: next))
        }
        next += 1
      default:
        guard !open.isEmpty else { continue }
        let position = open.remove(at: Int.random(in: 0..<open.count, using: &random))
        state.complete([position], &wishes)
        state.complete([position], &wishes)
      }
      if let wish = wishes.pauses[place] { paused = wish }
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
    for position in open { state.complete([position], &wishes) }
    #expect(!paused || wishes.pauses[place] == false)
    #expect(state.counters.open == 0)
  }

  /// Reads records of so many bytes until the partition is paused; how many that took.
  private func openUntilPaused(_ state: inout InboundState, bytes: Int, from: Int64 = 0) -> Int64 {
    for offset in from..<from + 1_000 {
      var wishes = InboundState.Wishes()
      _ = state.open(state.number(of: place) ?? -1, offset: offset, bytes: bytes, &wishes)
      if wishes.pauses[place] == true { return offset + 1 - from }
    }
    return -1
  }

  private let place = KafkaTopicPartition(topic: "t", partition: 0)

  private func state() -> InboundState {
    var limits = KafkaBridgeLimits()
    limits.openRecordsMax = 100
    limits.openBytesMax = 1_000
    limits.heldRecordsMax = 400
    var state = InboundState(name: "m", limits: limits)
    state.assign(place, shard: 0)
    return state
  }

  @Test(arguments: [(1, 100), (100, 10), (5_000, 1)])
  func `a partition is paused at so many open records or bytes, and goes on at half`(bytes: Int, count: Int64) {
    var state = state()
    #expect(openUntilPaused(&state, bytes: bytes) == count)
    var resumed: Int64?
    for offset in 0..<count where resumed == nil {
      var wishes = InboundState.Wishes()
      state.complete([RecordPosition(partition: 0, offset: offset)], &wishes)
      if wishes.pauses[place] == false { resumed = offset + 1 }
    }
    #expect(resumed == (count + 1) / 2)
  }

  @Test func `a partition is paused when a record that is withheld holds too many back, skipped ones too`() {
    var state = state()
    var pausedAt: Int64?
    for offset in 0..<1_000 as Range<Int64> where pausedAt == nil {
      var wishes = InboundState.Wishes()
      if offset > 0, offset % 2 == 0 {
        state.pass(0, offset: offset, isLooped: false, &wishes)
      } else {
        _ = state.open(0, offset: offset, bytes: 1, &wishes)
        if offset > 0 { state.complete([RecordPosition(partition: 0, offset: offset)], &wishes) }
      }
      #expect(wishes.stores.isEmpty)
      if wishes.pauses[place] == true { pausedAt = offset }
    }
    #expect(pausedAt == 399)
    var wishes = InboundState.Wishes()
    state.complete([RecordPosition(partition: 0, offset: 0)], &wishes)
    #expect(wishes.pauses == [place: false] && wishes.stores == [place: 400])
  }

  @Test func `the pressure on a partition tells what is open, and up to where somebody has received records`() {
    var state = state()
    #expect(openUntilPaused(&state, bytes: 1) == 100)
    #expect(state.pressure(on: 0) == PartitionPressure(isFull: true, openRecords: 100, highestReceived: nil))
    var wishes = InboundState.Wishes()
    for offset in 0..<50 as Range<Int64> {
      var position = RecordPosition(partition: 0, offset: offset)
      // Nobody has the odd ones.
      position.isReceived = offset % 2 == 0
      state.complete([position], &wishes)
    }
    #expect(state.pressure(on: 0) == PartitionPressure(isFull: false, openRecords: 50, highestReceived: 48))
    state.revoke(place)
    #expect(state.pressure(on: 0) == nil && state.pressure(on: 1) == nil)
  }

  @Test func `a partition that was rewound while it was paused is paused again within the same batch`() {
    var state = state()
    #expect(openUntilPaused(&state, bytes: 1) == 100)
    var wishes = InboundState.Wishes()
    // Rewound: a record that is skipped lets it go on, and the next is too large.
    state.pass(0, offset: 3, isLooped: false, &wishes)
    #expect(wishes.pauses == [place: false])
    _ = state.open(state.number(of: place) ?? -1, offset: 4, bytes: 2_000, &wishes)
    #expect(wishes.pauses == [place: true])
  }

  @Test func `all partitions together are bounded, and those that were paused for it go on at half`() {
    var limits = KafkaBridgeLimits()
    limits.openBytesInAllMax = 1_000
    var state = InboundState(name: "m", limits: limits)
    let places = (0..<4).map { KafkaTopicPartition(topic: "t", partition: $0) }
    for place in places { state.assign(place, shard: 0) }
    var wishes = InboundState.Wishes()
    for (number, place) in places.enumerated() {
      _ = state.open(Int32(number), offset: 0, bytes: 300, &wishes)
      #expect(wishes.pauses[place] == (number == 3 ? true : nil))
    }
    wishes = InboundState.Wishes()
    state.complete([RecordPosition(partition: 0, offset: 0), RecordPosition(partition: 1, offset: 0)], &wishes)
    #expect(wishes.pauses.isEmpty && state.openBytes == 600)
    state.complete([RecordPosition(partition: 2, offset: 0)], &wishes)
    #expect(wishes.pauses == [places[3]: false] && wishes.stores.count == 3)
  }

  @Test func `completions of several partitions in one batch are each told once, with the last mark`() {
    var state = InboundState(name: "m", limits: KafkaBridgeLimits())
    let places = (0..<2).map { KafkaTopicPartition(topic: "t", partition: $0) }
    for place in places { state.assign(place, shard: 0) }
    var wishes = InboundState.Wishes()
    for offset in 0..<10 as Range<Int64> {
      for number in 0..<2 as Range<Int32> { _ = state.open(number, offset: offset, bytes: 1, &wishes) }
    }
    let all = (0..<5 as Range<Int64>).flatMap { offset in
      (0..<2 as Range<Int32>).map { RecordPosition(partition: $0, offset: offset) }
    }
    state.complete(all + all, &wishes)
    #expect(wishes.stores == [places[0]: 5, places[1]: 5])
    #expect(state.counters.delivered == 10 && state.counters.open == 10 && state.openBytes == 10)
  }
}
