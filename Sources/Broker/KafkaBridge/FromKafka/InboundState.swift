internal import BrokerCore
internal import KafkaClient

/// What is under way from Kafka through one mapping: assignments, open records, counters. A value without I/O: its
/// methods say what is to be asked of the consumer.
struct InboundState {
  /// What to ask of the consumer.
  struct Wishes {
    var stores: [KafkaTopicPartition: Int64] = [:]
    /// Where partitions go on that were rewound.
    var rewinds: [KafkaTopicPartition: Int64] = [:]
    /// The last wish for a partition is what counts.
    var pauses: [KafkaTopicPartition: Bool] = [:]
  }

  let limits: KafkaBridgeLimits
  private(set) var counters: MappingCounters
  private var partitions: [Int32: AssignedPartition] = [:]
  private var numbers: [KafkaTopicPartition: Int32] = [:]
  private var nextNumber: Int32 = 0

  init(name: String, limits: KafkaBridgeLimits) {
    self.limits = limits
    counters = MappingCounters(name: name, direction: .fromKafka)
  }

  /// The number of the partition's present assignment, or nil when it has none.
  func number(of place: KafkaTopicPartition) -> Int32? { numbers[place] }

  /// The shard of an assignment.
  func shard(of number: Int32) -> Int { partitions[number]?.shard ?? 0 }

  /// How full the partition of an assignment is, or nil when it has been taken away.
  func pressure(on number: Int32) -> PartitionPressure? {
    guard let partition = partitions[number], !partition.isRevoked else { return nil }
    return PartitionPressure(
      isFull: partition.isPaused, openRecords: partition.tracker.openCount,
      highestReceived: partition.tracker.highestReceived)
  }

  mutating func assign(_ place: KafkaTopicPartition, shard: Int) {
    revoke(place)
    while partitions[nextNumber] != nil { nextNumber = nextNumber &+ 1 }
    partitions[nextNumber] = AssignedPartition(place: place, shard: shard)
    numbers[place] = nextNumber
    nextNumber = nextNumber &+ 1
  }

  mutating func revoke(_ place: KafkaTopicPartition) {
    guard let number = numbers.removeValue(forKey: place) else { return }
    partitions[number]?.isRevoked = true
    if partitions[number]?.tracker.openCount == 0 { partitions[number] = nil }
  }

  /// A partition that is assigned is read from another place on: what is still open of it is waited for, for the
  /// counters, and stores nothing any more.
  mutating func beginAnew(_ place: KafkaTopicPartition, _ wishes: inout Wishes) {
    guard let number = numbers[place], let partition = partitions[number] else { return }
    assign(place, shard: partition.shard)
    // Nothing is open in it that could end a pause.
    if partition.isPaused { wishes.pauses[place] = false }
  }

  /// Opens a record of so many bytes and counts it as accepted. Returns the assignment's number, another one when the
  /// partition was rewound.
  mutating func open(_ number: Int32, offset: Int64, bytes: Int, _ wishes: inout Wishes) -> Int32? {
    guard let number = track(number, offset, bytes, &wishes) else { return nil }
    counters.accepted += 1
    counters.open += 1
    pauseIfFull(number, &wishes)
    return number
  }

  /// Passes over a record: `isLooped` when the loop guard says so, otherwise it counts as accepted and refused.
  mutating func pass(_ number: Int32, offset: Int64, isLooped: Bool, _ wishes: inout Wishes) {
    guard let number = track(number, offset, 0, &wishes) else { return }
    if isLooped {
      counters.looped += 1
    } else {
      counters.accepted += 1
      counters.refused += 1
    }
    finish(number, offset, &wishes)
    // It is held as long as one before it is open.
    pauseIfFull(number, &wishes)
  }

  /// So many headers of a record could not be carried.
  mutating func leftOut(headers: Int) { counters.headersLeftOut += UInt64(headers) }

  /// A record's obligations are all discharged. One that isn't open changes nothing.
  mutating func complete(_ position: RecordPosition, _ wishes: inout Wishes) {
    // Asked in place: a copy that is still alive would make the change below copy the whole tracker.
    guard partitions[position.partition]?.tracker.isOpen(position.offset) == true else { return }
    counters.delivered += 1
    counters.open -= 1
    finish(position.partition, position.offset, isReceived: position.isReceived, &wishes)
  }

  private mutating func track(
    _ number: Int32, _ offset: Int64, _ bytes: Int, _ wishes: inout Wishes
  ) -> Int32? {
    if partitions[number]?.tracker.open(offset, bytes: bytes) == true { return number }
    guard let partition = partitions[number], !partition.isRevoked else { return nil }
    // The partition was rewound, by an operator or because Kafka lost its end: what was under way is delivered again.
    assign(partition.place, shard: partition.shard)
    guard let fresh = numbers[partition.place], partitions[fresh]?.tracker.open(offset, bytes: bytes) == true else {
      return nil
    }
    // The consumer may still be pausing for the old assignment, and only this one's records can wake it.
    partitions[fresh]?.isPaused = partition.isPaused
    wishes.stores[partition.place] = nil
    wishes.rewinds[partition.place] = offset
    return fresh
  }

  private mutating func finish(
    _ number: Int32, _ offset: Int64, isReceived: Bool = false, _ wishes: inout Wishes
  ) {
    let lowWater = partitions[number]?.tracker.complete(offset, isReceived: isReceived)
    guard let partition = partitions[number] else { return }
    if partition.isRevoked {
      if partition.tracker.openCount == 0 { partitions[number] = nil }
      return
    }
    if let lowWater { wishes.stores[partition.place] = lowWater }
    if partition.isPaused, partition.tracker.isWithin(limits, dividedBy: 2) {
      partitions[number]?.isPaused = false
      wishes.pauses[partition.place] = false
    }
  }

  private mutating func pauseIfFull(_ number: Int32, _ wishes: inout Wishes) {
    guard let partition = partitions[number], !partition.isPaused, !partition.tracker.isWithin(limits, dividedBy: 1)
    else { return }
    partitions[number]?.isPaused = true
    wishes.pauses[partition.place] = true
  }
}

extension OffsetTracker {
  /// Whether there is less than the bounds of one partition allow, or at most a part of it.
  fileprivate func isWithin(_ limits: KafkaBridgeLimits, dividedBy divisor: Int) -> Bool {
    let slack = divisor == 1 ? 0 : 1
    return openCount < limits.openRecordsMax / divisor + slack && openBytes < limits.openBytesMax / divisor + slack
      && heldCount < limits.heldRecordsMax / divisor + slack
  }
}
