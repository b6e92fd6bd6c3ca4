/// Which records of one partition are under way, and up to where all are done: the low-water mark, the offset to
/// commit.
///
/// A value without I/O. Offsets are opened in rising order, with gaps where Kafka has none (compaction, transactions);
/// they are completed in any order. Memory is one entry for each record from the first that is open to the last that
/// was opened.
struct OffsetTracker {
  private struct Entry {
    let offset: Int64
    let bytes: Int32
    var isOpen: Bool
  }

  // Rising offsets; entries before `head` are done and are cut off when they are half of all.
  private var entries: [Entry] = []
  private var head = 0
  /// Records that are open.
  private(set) var openCount = 0
  /// Bytes of the records that are open, as they were told.
  private(set) var openBytes = 0
  /// The highest offset that was opened, or nil.
  private(set) var highest: Int64?
  /// The highest offset that was completed and that somebody received, or nil.
  private(set) var highestReceived: Int64?

  /// Records from the first that is open to the last that was opened: what would come again after a crash.
  var heldCount: Int { entries.count - head }

  /// The offset of the first record that is not done, or the one after the last; nil before the first.
  var lowWater: Int64? {
    if head < entries.count { return entries[head].offset }
    return highest.map { $0 + 1 }
  }

  /// Opens a record. False, with nothing changed, when its offset is not above all that were opened: the partition was
  /// rewound, and a new tracker must be begun.
  mutating func open(_ offset: Int64, bytes: Int = 0) -> Bool {
    guard highest.map({ offset > $0 }) ?? true else { return false }
    highest = offset
    let bytes = Int32(clamping: bytes)
    entries.append(Entry(offset: offset, bytes: bytes, isOpen: true))
    openCount += 1
    openBytes += Int(bytes)
    return true
  }

  /// Completes a record and returns the new low-water mark if it rose. A record that isn't open changes nothing.
  mutating func complete(_ offset: Int64, isReceived: Bool = false) -> Int64? {
    let before = head < entries.count ? entries[head].offset : nil
    guard close(offset, isReceived: isReceived), let lowWater, lowWater != before else { return nil }
    return lowWater
  }

  /// Completes a record; false, with nothing changed, when it isn't open.
  mutating func close(_ offset: Int64, isReceived: Bool = false) -> Bool {
    guard let index = index(of: offset), entries[index].isOpen else { return false }
    entries[index].isOpen = false
    if isReceived { highestReceived = max(highestReceived ?? offset, offset) }
    openCount -= 1
    openBytes -= Int(entries[index].bytes)
    guard index == head else { return true }
    while head < entries.count, !entries[head].isOpen { head += 1 }
    if head == entries.count {
      entries.removeAll(keepingCapacity: true)
      head = 0
    } else if head > 64, head > entries.count / 2 {
      entries.removeFirst(head)
      head = 0
    }
    return true
  }

  /// Whether this record is open.
  func isOpen(_ offset: Int64) -> Bool { index(of: offset).map { entries[$0].isOpen } ?? false }

  private func index(of offset: Int64) -> Int? {
    guard head < entries.count else { return nil }
    // Where no offset is left out it lies as far behind the first as its offset does; most are completed in order.
    let guess = offset &- entries[head].offset
    if guess >= 0, guess < Int64(entries.count &- head), entries[head &+ Int(guess)].offset == offset {
      return head &+ Int(guess)
    }
    var low = head
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].offset < offset { low = middle + 1 } else { high = middle }
    }
    return low < entries.count && entries[low].offset == offset ? low : nil
  }
}
