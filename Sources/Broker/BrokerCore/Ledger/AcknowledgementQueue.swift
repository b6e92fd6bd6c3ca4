public import MQTTCodec

/// One acknowledgement that a publisher is owed: PUBACK or PUBREC.
public struct Acknowledgement: Sendable, Equatable {
  /// The publish's packet identifier.
  public var packetID: UInt16
  /// Whether PUBREC is owed (QoS 2), rather than PUBACK.
  public var isExactlyOnce: Bool
  /// What it will say.
  public var reason: ReasonCode
}

/// The acknowledgements that one client is owed, in the order in which its publishes came in.
///
/// An acknowledgement leaves when it is ready and everything before it has left [MQTT-4.6.0-2, MQTT-4.6.0-3]. A value
/// without I/O.
public struct AcknowledgementQueue {
  private var entries: [(acknowledgement: Acknowledgement, isReady: Bool)] = []
  private var head = 0
  /// The sequence number of the next one that leaves.
  private(set) var headSequence: UInt32 = 0

  /// An empty queue.
  public init() {}

  /// Acknowledgements owed and not sent.
  @inline(__always)
  public var count: Int { entries.count &- head }

  /// Acknowledgements owed and not sent of which something is true.
  public func count(where isCounted: (Acknowledgement) -> Bool) -> Int {
    entries[head...].count { isCounted($0.acknowledgement) }
  }

  /// The sequence number that the next ``append(_:isReady:)`` will give.
  public var nextSequence: UInt32 { headSequence &+ UInt32(truncatingIfNeeded: count) }

  /// Adds an acknowledgement behind the others.
  @discardableResult
  public mutating func append(_ acknowledgement: Acknowledgement, isReady: Bool) -> UInt32 {
    let sequence = nextSequence
    entries.append((acknowledgement, isReady))
    return sequence
  }

  /// Marks one as ready to leave. The client may have come back meanwhile and sent the publish again: then the one at
  /// `sequence` is gone, and the newer one of the same packet identifier is meant. None is ignored.
  public mutating func ready(_ sequence: UInt32, packetID: UInt16, isExactlyOnce: Bool, reason: ReasonCode) {
    let at = head &+ Int(truncatingIfNeeded: Int32(bitPattern: sequence &- headSequence))
    if at >= head, at < entries.count, isMeant(at, packetID, isExactlyOnce) {
      return ready(at, reason)
    }
    guard isExactlyOnce, let at = (head..<entries.count).first(where: { isMeant($0, packetID, true) }) else { return }
    ready(at, reason)
  }

  private mutating func ready(_ at: Int, _ reason: ReasonCode) {
    entries[at].isReady = true
    entries[at].acknowledgement.reason = reason
  }

  private func isMeant(_ at: Int, _ packetID: UInt16, _ isExactlyOnce: Bool) -> Bool {
    let (acknowledgement, isReady) = entries[at]
    return !isReady && acknowledgement.packetID == packetID && acknowledgement.isExactlyOnce == isExactlyOnce
  }

  /// Whether PUBREC for this packet identifier is owed and not sent.
  public func owes(exactlyOnce packetID: UInt16) -> Bool {
    entries[head...].contains { $0.acknowledgement.packetID == packetID && $0.acknowledgement.isExactlyOnce }
  }

  /// Takes the next one that may leave now.
  public mutating func popReady() -> Acknowledgement? {
    guard head < entries.count, entries[head].isReady else { return nil }
    let first = entries[head].acknowledgement
    head += 1
    headSequence &+= 1
    if head == entries.count {
      entries.removeAll(keepingCapacity: entries.capacity <= 1024)
      head = 0
    } else if head >= 1024, head * 2 >= entries.count {
      entries.removeFirst(head)
      head = 0
    }
    return first
  }

  /// Forgets all: the connection ended, and its client will send again what it saw no acknowledgement for.
  public mutating func removeAll() {
    headSequence &+= UInt32(truncatingIfNeeded: count)
    entries.removeAll()
    head = 0
  }
}
