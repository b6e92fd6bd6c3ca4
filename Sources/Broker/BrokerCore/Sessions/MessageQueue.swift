public import MQTTCodec

/// One message that waits for a subscriber.
public struct QueuedDelivery {
  /// What waits.
  public var message: Message
  /// The QoS of the delivery: the smaller of the publish's and the subscription's.
  public var qos: QoS
  /// The RETAIN flag of the delivery.
  public var isRetain: Bool
  /// The matching subscriptions' identifiers.
  public var subscriptionIdentifiers: [UInt32]
  /// What is discharged when the subscriber has acknowledged it.
  public var token = ObligationToken.none
  /// The group as whose member the session got it: if the session ends first, another member gets it.
  var share: ShareGroup?
}

/// The messages that wait for one session, oldest first: bounded by count and by bytes. A value without I/O.
///
/// Beyond those bounds it takes what somebody upstream waits for: a record of Kafka waits there as well as here, so
/// nothing is gained by losing it, and its source stops reading at a bound of its own.
public struct MessageQueue {
  private var entries: [QueuedDelivery?] = []
  private var head = 0
  /// Bytes of the waiting messages.
  public private(set) var byteCount = 0

  /// An empty queue; no memory held.
  public init() {}

  /// Messages that wait.
  @inline(__always)
  public var count: Int { entries.count &- head }
  /// Whether none waits.
  @inline(__always)
  public var isEmpty: Bool { entries.count == head }

  /// What one message is counted as: its bytes and what keeping it costs.
  private static func cost(_ message: Message) -> Int { message.bytes.count + 128 }

  /// Adds a message at the end; false when the queue has no room for it and nobody waits for its acknowledgement.
  public mutating func append(_ delivery: QueuedDelivery, limits: Limits) -> Bool {
    let cost = Self.cost(delivery.message)
    guard
      delivery.token != .none || (count < limits.queueMessagesMax && byteCount + cost <= limits.queueBytesMax)
    else { return false }
    entries.append(delivery)
    byteCount += cost
    return true
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

  /// Drops the newest messages that are beyond the bounds, and returns how many: once nobody upstream waits for them,
  /// they must not add up.
  public mutating func cut(to limits: Limits) -> Int {
    var dropped = 0
    while count > limits.queueMessagesMax || byteCount > limits.queueBytesMax, let last = entries.popLast() {
      byteCount -= last.map { Self.cost($0.message) } ?? 0
      dropped += 1
    }
    if isEmpty {
      entries = []
      head = 0
    }
    return dropped
  }

  /// Removes the messages that `isUnwanted` picks.
  public mutating func removeAll(where isUnwanted: (Message) -> Bool) {
    entries.removeFirst(head)
    head = 0
    entries.removeAll { $0.map { isUnwanted($0.message) } ?? true }
    byteCount = entries.reduce(0) { $0 + ($1.map { Self.cost($0.message) } ?? 0) }
  }

  /// All that waits, oldest first.
  var all: [QueuedDelivery] { entries[head...].compactMap { $0 } }

  /// Takes the oldest message.
  public mutating func popFirst() -> QueuedDelivery? {
    guard head < entries.count, let first = entries[head] else { return nil }
    entries[head] = nil
    head += 1
    byteCount -= Self.cost(first.message)
    if head == entries.count {
      entries = []
      head = 0
    } else if head >= 1024, head * 2 >= entries.count {
      entries.removeFirst(head)
      head = 0
    }
    return first
  }
}
