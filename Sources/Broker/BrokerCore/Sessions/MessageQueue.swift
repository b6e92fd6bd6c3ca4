public import MQTTCodec

/// One message that waits for a subscriber.
public struct QueuedDelivery {
  /// What waits.
  public var message: Message
  /// The QoS of the delivery: the smaller of the publish's and the subscription's.
  public var qos: QoS
  /// The RETAIN flag of the delivery.
  public var isRetain: Bool
  /// Since when it waits, by the shard's clock (``ShardCore/clock``).
  public var sinceMilliseconds: UInt32 = 0
  /// The matching subscriptions' identifiers.
  public var subscriptionIdentifiers: [UInt32]
  /// What is discharged when the subscriber has acknowledged it.
  public var token = ObligationToken.none
  /// The group as whose member the session got it: if the session ends first, another member gets it.
  var share: ShareGroup?
}

/// The messages that wait for one session, oldest first: bounded by count and by bytes. A value without I/O.
///
/// Where there is no room, messages of QoS 0 that wait make it for those of QoS 1 and 2. Beyond those bounds it takes
/// what somebody upstream waits for: a record of Kafka waits there as well as here, so nothing is gained by losing it,
/// and its source stops reading at a bound of its own.
public struct MessageQueue {
  // Nil where a message was taken out.
  private var entries: [QueuedDelivery?] = []
  private var head = 0
  /// The place of `entries[0]`: places never come again, also when entries are gone.
  private var base = 0
  /// No message of QoS 0 waits before this entry.
  private var search = 0
  /// Messages that wait.
  public private(set) var count = 0
  /// Bytes of the waiting messages.
  public private(set) var byteCount = 0
  private var countAtMostOnce = 0
  private var byteCountAtMostOnce = 0

  /// An empty queue; no memory held.
  public init() {}

  /// Whether none waits.
  @inline(__always)
  public var isEmpty: Bool { count == 0 }

  /// The place of the oldest message that waits, or ``end``.
  var start: Int { base + head }
  /// The place that the next message will have.
  var end: Int { base + entries.count }

  /// What one message is counted as: its bytes and what keeping it costs.
  private static func cost(_ message: Message) -> Int { message.bytes.count + 128 }

  /// Adds a message at the end. Returns how many of the oldest of QoS 0 were removed to make room for it; nil, and
  /// nothing is changed, when there is no room for it even so and nobody waits for its acknowledgement.
  public mutating func append(_ delivery: QueuedDelivery, limits: ClientLimits) -> Int? {
    let cost = Self.cost(delivery.message)
    var displaced = 0
    if !hasRoom(1, cost, limits) {
      guard delivery.qos != .atMostOnce,
        delivery.token != .none || hasRoom(1 - countAtMostOnce, cost - byteCountAtMostOnce, limits)
      else { return nil }
      while countAtMostOnce > 0, !hasRoom(1, cost, limits) {
        removeFirstAtMostOnce()
        displaced += 1
      }
    }
    entries.append(delivery)
    add(delivery, cost, 1)
    return displaced
  }

  /// Takes the obligations of everything that waits: they are no longer this connection's. What came by a share group
  /// keeps its own if asked for, because it is passed on.
  public mutating func takeTokens(sparingShared: Bool = false) -> [ObligationToken] {
    var tokens: [ObligationToken] = []
    for at in entries.indices {
      guard let entry = entries[at], entry.token != .none, !sparingShared || entry.share == nil else { continue }
      let token = entry.token
      tokens.append(token)
      entries[at]?.token = .none
    }
    return tokens
  }

  /// Takes out what came by share groups, oldest first: it is passed on.
  mutating func takeShared() -> [QueuedDelivery] {
    let all = self.all
    guard all.contains(where: { $0.share != nil }) else { return [] }
    self = MessageQueue()
    for delivery in all where delivery.share == nil {
      entries.append(delivery)
      add(delivery, Self.cost(delivery.message), 1)
    }
    return all.filter { $0.share != nil }
  }

  /// Drops what is beyond the bounds, first messages of QoS 0, then the newest, and returns how many: once nobody
  /// upstream waits for them, they must not add up.
  public mutating func cut(to limits: ClientLimits) -> Int {
    var dropped = 0
    while !isEmpty, !hasRoom(0, 0, limits) {
      if countAtMostOnce > 0 { removeFirstAtMostOnce() } else { removeLast() }
      dropped += 1
    }
    return dropped
  }

  /// Removes the messages that `isUnwanted` picks.
  public mutating func removeAll(where isUnwanted: (Message) -> Bool) {
    // From the end, since the places before the head go away with it.
    let first = head
    for at in (first..<entries.count).reversed() {
      if let entry = entries[at], isUnwanted(entry.message) { remove(entry, at: at) }
    }
  }

  /// Since when the oldest message waits.
  var oldestSinceMilliseconds: UInt32? { head < entries.count ? entries[head]?.sinceMilliseconds : nil }

  /// As ``OutboundFlow/sampleTokens(count:)``; the newest is always among them, unless many messages that nobody waits
  /// for came after it.
  func sampleTokens(count: Int) -> (tokens: [ObligationToken], weight: Int) {
    let weight = max(1, (entries.count - head) / max(1, count))
    let isAwaited = { (at: Int) in (entries[at]?.token ?? .none) != .none }
    let end = entries.count
    let last = (max(head, end - count)..<end).last(where: isAwaited) ?? end - 1
    let places = stride(from: last, through: head, by: -weight).filter(isAwaited)
    return (places.reversed().compactMap { entries[$0]?.token }, weight)
  }

  /// All that waits, oldest first.
  var all: [QueuedDelivery] { entries[head...].compactMap { $0 } }

  /// Takes the oldest message.
  public mutating func popFirst() -> QueuedDelivery? {
    guard head < entries.count, let first = entries[head] else { return nil }
    remove(first, at: head)
    return first
  }

  /// Whether so many messages more, of so many bytes, are within the bounds.
  private func hasRoom(_ messages: Int, _ bytes: Int, _ limits: ClientLimits) -> Bool {
    count + messages <= limits.queueMessagesMax && byteCount + bytes <= limits.queueBytesMax
  }

  private mutating func removeLast() {
    while case .some(nil) = entries.last { entries.removeLast() }
    search = min(search, entries.count)
    guard let last = entries.last, let last else { return }
    remove(last, at: entries.count - 1)
  }

  private mutating func removeFirstAtMostOnce() {
    while search < entries.count {
      if let entry = entries[search], entry.qos == .atMostOnce { return remove(entry, at: search) }
      search += 1
    }
  }

  private mutating func remove(_ delivery: QueuedDelivery, at index: Int) {
    entries[index] = nil
    add(delivery, Self.cost(delivery.message), -1)
    // The head is always a message.
    while head < entries.count, entries[head] == nil { head += 1 }
    if head == entries.count {
      base += entries.count
      entries = []
      head = 0
      search = 0
    } else if head >= 1024, head * 2 >= entries.count {
      entries.removeFirst(head)
      base += head
      search = max(search - head, 0)
      head = 0
    }
  }

  /// Counts a message in (1) or out (-1).
  private mutating func add(_ delivery: QueuedDelivery, _ cost: Int, _ sign: Int) {
    count += sign
    byteCount += sign * cost
    guard delivery.qos == .atMostOnce else { return }
    countAtMostOnce += sign
    byteCountAtMostOnce += sign * cost
  }
}
