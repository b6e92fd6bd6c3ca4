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
  /// Assignments by their numbers. A number is used again once nothing is open in its assignment any more, so that
  /// nothing of it can come back.
  private var partitions: [AssignedPartition?] = []
  private var numbers: [KafkaTopicPartition: Int32] = [:]
  /// Bytes of all records that are open.
  private(set) var openBytes = 0
  private var readAhead = ReadAhead()
  /// Partitions that were paused although they have room themselves: all together have too much.
  private var pausedForAll: Set<Int32> = []

  init(name: String, limits: KafkaBridgeLimits) {
    self.limits = limits
    counters = MappingCounters(name: name, direction: .fromKafka)
  }

  /// The number of the partition's present assignment, or nil when it has none.
  func number(of place: KafkaTopicPartition) -> Int32? { numbers[place] }

  /// The shard of an assignment.
  func shard(of number: Int32) -> Int { partition(number)?.shard ?? 0 }

  /// Whether a partition is paused, or would be if that was carried out.
  func isPaused(_ place: KafkaTopicPartition) -> Bool {
    numbers[place].flatMap { partition($0)?.isPaused } ?? false
  }

  /// How full the partition of an assignment is, or nil when it has been taken away.
  func pressure(on number: Int32) -> PartitionPressure? {
    guard let partition = partition(number), !partition.isRevoked else { return nil }
    return PartitionPressure(
      isFull: partition.isPaused, openRecords: partition.tracker.openCount,
      highestReceived: partition.tracker.highestReceived)
  }

  private func partition(_ number: Int32) -> AssignedPartition? {
    partitions.indices.contains(Int(number)) ? partitions[Int(number)] : nil
  }

  mutating func assign(_ place: KafkaTopicPartition, shard: Int) {
    revoke(place)
    let assigned = AssignedPartition(place: place, shard: shard)
    if let free = partitions.firstIndex(where: { $0 == nil }) {
      partitions[free] = assigned
      numbers[place] = Int32(truncatingIfNeeded: free)
    } else {
      partitions.append(assigned)
      numbers[place] = Int32(truncatingIfNeeded: partitions.count - 1)
    }
  }

  mutating func revoke(_ place: KafkaTopicPartition) {
    guard let number = numbers.removeValue(forKey: place) else { return }
    pausedForAll.remove(number)
    partitions[Int(number)]?.isRevoked = true
    if partitions[Int(number)]?.tracker.openCount == 0 { partitions[Int(number)] = nil }
  }

  /// A partition that is assigned is read from another place on: what is still open of it is waited for, for the
  /// counters, and stores nothing any more.
  mutating func beginAnew(_ place: KafkaTopicPartition, _ wishes: inout Wishes) {
    guard let number = numbers[place], let partition = partition(number) else { return }
    assign(place, shard: partition.shard)
    // Nothing is open in it that could end a pause.
    if partition.isPaused { wishes.pauses[place] = false }
  }

  /// Records of a batch were opened just now.
  mutating func opened(atSeconds now: Double) {
    readAhead.began(completed: counters.delivered, open: counters.open, atSeconds: now)
  }

  /// For how many milliseconds at most to read nothing more, since enough is open; nil to read on. `isOver` says that
  /// it was waited as long as that.
  mutating func wait(atSeconds now: Double, isOver: Bool) -> Int? {
    readAhead.look(completed: counters.delivered, open: counters.open, atSeconds: now)
    guard readAhead.isReached(open: counters.open) else { return nil }
    if isOver { readAhead.allow(open: counters.open) }
    return isOver ? nil : readAhead.waitMilliseconds
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
    let lowWater = partitions[Int(number)]?.tracker.complete(offset)
    settle(number, lowWater, &wishes)
    // It is held as long as one before it is open.
    pauseIfFull(number, &wishes)
  }

  /// So many headers of a record could not be carried.
  mutating func leftOut(headers: Int) { counters.headersLeftOut += UInt64(headers) }

  /// Records whose obligations are all discharged. One that isn't open changes nothing.
  mutating func complete(_ positions: [RecordPosition], _ wishes: inout Wishes) {
    var index = 0
    while index < positions.count { complete(runAt: &index, of: positions, &wishes) }
  }

  /// Those of one partition that follow each other: what is asked of the consumer is worked out once.
  private mutating func complete(runAt index: inout Int, of positions: [RecordPosition], _ wishes: inout Wishes) {
    let number = positions[index].partition
    let start = index
    while index < positions.count, positions[index].partition == number { index += 1 }
    guard partitions.indices.contains(Int(number)), let before = partitions[Int(number)]?.tracker.openBytes else {
      return
    }
    let lowWater = partitions[Int(number)]?.tracker.lowWater
    var closed: UInt64 = 0
    for position in positions[start..<index] {
      let isClosed = partitions[Int(number)]?.tracker.close(position.offset, isReceived: position.isReceived)
      if isClosed == true { closed += 1 }
    }
    counters.delivered += closed
    counters.open -= closed
    openBytes -= before - (partitions[Int(number)]?.tracker.openBytes ?? 0)
    let risen = partitions[Int(number)]?.tracker.lowWater
    settle(number, risen == lowWater ? nil : risen, &wishes)
  }

  private mutating func track(
    _ number: Int32, _ offset: Int64, _ bytes: Int, _ wishes: inout Wishes
  ) -> Int32? {
    guard partitions.indices.contains(Int(number)) else { return nil }
    if partitions[Int(number)]?.tracker.open(offset, bytes: bytes) == true {
      openBytes += bytes
      return number
    }
    guard let partition = partitions[Int(number)], !partition.isRevoked else { return nil }
    // The partition was rewound, by an operator or because Kafka lost its end: what was under way is delivered again.
    assign(partition.place, shard: partition.shard)
    guard let fresh = numbers[partition.place],
      partitions[Int(fresh)]?.tracker.open(offset, bytes: bytes) == true
    else { return nil }
    openBytes += bytes
    // The consumer may still be pausing for the old assignment, and only this one's records can wake it.
    partitions[Int(fresh)]?.isPaused = partition.isPaused
    wishes.stores[partition.place] = nil
    wishes.rewinds[partition.place] = offset
    return fresh
  }

  /// Something of a partition was completed.
  private mutating func settle(_ number: Int32, _ lowWater: Int64?, _ wishes: inout Wishes) {
    guard let partition = partition(number) else { return }
    if partition.isRevoked {
      if partition.tracker.openCount == 0 { partitions[Int(number)] = nil }
    } else {
      if let lowWater { wishes.stores[partition.place] = lowWater }
      if partition.isPaused { resumeIfRoom(number, &wishes) }
    }
    if !pausedForAll.isEmpty, openBytes <= limits.openBytesInAllMax / 2 {
      for number in pausedForAll { resumeIfRoom(number, &wishes) }
    }
  }

  private mutating func resumeIfRoom(_ number: Int32, _ wishes: inout Wishes) {
    guard let partition = partition(number), partition.isPaused, partition.tracker.isWithin(limits, dividedBy: 2),
      openBytes <= limits.openBytesInAllMax / 2 || !pausedForAll.contains(number)
    else { return }
    pausedForAll.remove(number)
    partitions[Int(number)]?.isPaused = false
    wishes.pauses[partition.place] = false
  }

  private mutating func pauseIfFull(_ number: Int32, _ wishes: inout Wishes) {
    let isFullForAll = openBytes >= limits.openBytesInAllMax
    guard isFullForAll || partitions[Int(number)]?.tracker.isWithin(limits, dividedBy: 1) == false,
      let partition = partitions[Int(number)], !partition.isPaused
    else { return }
    if isFullForAll { pausedForAll.insert(number) }
    partitions[Int(number)]?.isPaused = true
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
