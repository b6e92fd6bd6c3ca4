public import MQTTCodec

/// What is remembered of one delivery that is in flight, where something must be: the message, to send it again when
/// the client comes back, and the obligation that the client's acknowledgement discharges.
public struct KeptDelivery {
  /// The message, or nil when the session ends with its connection.
  public var message: Message?
  /// How it was sent.
  public var qos: QoS
  /// The RETAIN flag with which it was sent.
  public var isRetain: Bool
  /// When it was sent, by the shard's clock (``ShardCore/clock``).
  public var sinceMilliseconds: UInt32 = 0
  /// Subscription identifiers that were sent with it.
  public var subscriptionIdentifiers: [UInt32]
  /// What the acknowledgement discharges.
  public var token: ObligationToken
  /// The group as whose member the session got it: if the session ends first, another member gets it.
  var share: ShareGroup?
}

/// The packet identifiers of the QoS 1 and QoS 2 messages that a session has sent and that are not complete.
///
/// Identifiers are given in order, 1 to 65,535 and again, and never one that is in use, across reconnects too. Every
/// step is constant time. A value without I/O; MQTT 5.0 section 4.3 and 4.4.
public struct OutboundFlow {
  /// Where one delivery stands.
  public enum State: UInt8 {
    case complete = 0
    case awaitsPuback
    case awaitsPubrec
    case awaitsPubcomp
  }

  /// What an acknowledgement did.
  public enum Result {
    /// The delivery is complete; what was kept of it comes back.
    case completed(KeptDelivery?)
    /// PUBREL is due.
    case release
    /// No such delivery is under way: Packet identifier not found.
    case unknown
    /// The delivery awaits another packet: its QoS has none of this kind, or it comes too soon.
    case wrongKind
  }

  private var states: [UInt8] = []
  private var kept: [KeptDelivery?] = []
  // Sequence numbers that never wrap, and the packet identifiers that belong to them.
  private var head: UInt64 = 0
  private var tail: UInt64 = 0
  private var headID: UInt16 = 1
  private var tailID: UInt16 = 1
  /// Deliveries that are not complete.
  public private(set) var count = 0

  /// The most identifiers between the oldest incomplete delivery and the newest: identifiers must not repeat within it.
  private static let spanMax = 65_535

  /// Nothing in flight; no memory held.
  public init() {}

  @inline(__always)
  private static func following(_ packetID: UInt16) -> UInt16 { packetID == .max ? 1 : packetID &+ 1 }

  /// Whether ``open(_:)-(QoS)`` gives no identifier until the oldest delivery is complete.
  @inline(__always)
  public var isExhausted: Bool { span >= Self.spanMax }

  /// How many identifiers ``open(_:)-(QoS)`` gives before the oldest delivery must be complete.
  var unusedCount: Int { Self.spanMax - span }

  private var span: Int { Int(truncatingIfNeeded: tail &- head) }

  @inline(__always)
  private func slot(of sequence: UInt64) -> Int { Int(truncatingIfNeeded: sequence) & (states.count &- 1) }

  /// Gives the next packet identifier, or nil when all are in use.
  @inline(__always)
  public mutating func open(_ qos: QoS) -> UInt16? {
    if span >= states.count { grow() }
    // An identifier that is in use must not be given again, however many behind it are complete [MQTT-2.2.1-3].
    guard !isExhausted else { return nil }
    states[slot(of: tail)] = (qos == .exactlyOnce ? State.awaitsPubrec : .awaitsPuback).rawValue
    let id = tailID
    tail &+= 1
    tailID = Self.following(id)
    count &+= 1
    return id
  }

  /// As ``open(_:)``, and remembers the delivery.
  public mutating func open(_ delivery: KeptDelivery) -> UInt16? {
    let sequence = tail
    guard let id = open(delivery.qos) else { return nil }
    if kept.isEmpty { kept = Array(repeating: nil, count: states.count) }
    kept[slot(of: sequence)] = delivery
    return id
  }

  private mutating func grow() {
    let bigger = max(16, states.count * 2)
    var moved = [UInt8](repeating: 0, count: bigger)
    var movedKept: [KeptDelivery?] = kept.isEmpty ? [] : Array(repeating: nil, count: bigger)
    for sequence in head..<tail {
      let from = slot(of: sequence)
      let to = Int(truncatingIfNeeded: sequence) & (bigger - 1)
      moved[to] = states[from]
      if !kept.isEmpty { movedKept[to] = kept[from] }
    }
    states = moved
    kept = movedKept
  }

  /// The slot of an identifier that is in use.
  @inline(__always)
  private func slot(_ packetID: UInt16) -> Int? {
    guard packetID != 0, head != tail else { return nil }
    let ahead = packetID >= headID ? Int(packetID &- headID) : Int(packetID) &+ Self.spanMax &- Int(headID)
    guard ahead < span else { return nil }
    return slot(of: head &+ UInt64(truncatingIfNeeded: ahead))
  }

  /// PUBACK came.
  @inline(__always)
  public mutating func puback(_ packetID: UInt16) -> Result {
    guard let slot = slot(packetID) else { return .unknown }
    guard states[slot] == State.awaitsPuback.rawValue else { return otherKind(slot) }
    return complete(slot)
  }

  /// PUBREC came; with an error the delivery is over [MQTT-4.3.3].
  public mutating func pubrec(_ packetID: UInt16, isError: Bool) -> Result {
    guard let slot = slot(packetID) else { return .unknown }
    // A repeated PUBREC for a message that was released is answered again.
    if states[slot] == State.awaitsPubcomp.rawValue { return isError ? .unknown : .release }
    guard states[slot] == State.awaitsPubrec.rawValue else { return otherKind(slot) }
    if isError { return complete(slot) }
    states[slot] = State.awaitsPubcomp.rawValue
    return .release
  }

  /// PUBCOMP came.
  public mutating func pubcomp(_ packetID: UInt16) -> Result {
    guard let slot = slot(packetID) else { return .unknown }
    guard states[slot] == State.awaitsPubcomp.rawValue else { return otherKind(slot) }
    return complete(slot)
  }

  /// What an acknowledgement is that a delivery doesn't await.
  @inline(never)
  private func otherKind(_ slot: Int) -> Result {
    states[slot] == State.complete.rawValue ? .unknown : .wrongKind
  }

  /// The message was not sent after all.
  public mutating func abandon(_ packetID: UInt16) -> Result {
    guard let slot = slot(packetID), states[slot] != State.complete.rawValue else { return .unknown }
    return complete(slot)
  }

  @inline(__always)
  private mutating func complete(_ slot: Int) -> Result {
    states[slot] = State.complete.rawValue
    count &-= 1
    var delivery: KeptDelivery?
    if !kept.isEmpty {
      delivery = kept[slot]
      kept[slot] = nil
    }
    while head != tail, states[self.slot(of: head)] == State.complete.rawValue {
      head &+= 1
      headID = Self.following(headID)
    }
    return .completed(delivery)
  }

  /// When the oldest delivery that is not complete was sent; nil when there is none, or nothing is kept of it.
  var headSinceMilliseconds: UInt32? { head == tail || kept.isEmpty ? nil : kept[slot(of: head)]?.sinceMilliseconds }

  /// When the oldest delivery was sent that somebody waits for, or else the oldest that anything is kept of. Takes a
  /// walk over those before it.
  var oldestSinceMilliseconds: UInt32? {
    guard !kept.isEmpty else { return nil }
    var oldest: UInt32?
    for sequence in head..<tail {
      guard let delivery = kept[slot(of: sequence)] else { continue }
      if delivery.token != .none { return delivery.sinceMilliseconds }
      oldest = oldest ?? delivery.sinceMilliseconds
    }
    return oldest
  }

  /// A delivery was sent again, on another connection: from now on it is as old as that.
  mutating func sentAgain(_ packetID: UInt16, sinceMilliseconds: UInt32) {
    guard !kept.isEmpty, let slot = slot(packetID) else { return }
    kept[slot]?.sinceMilliseconds = sinceMilliseconds
  }

  /// The obligations of about `count` deliveries, evenly spread and oldest first, and how many deliveries each of these
  /// stands for. The oldest is always among them.
  func sampleTokens(count: Int) -> (tokens: [ObligationToken], weight: Int) {
    guard !kept.isEmpty else { return ([], 1) }
    let weight = max(1, span / max(1, count))
    let isAwaited = { (sequence: UInt64) in (kept[slot(of: sequence)]?.token ?? .none) != .none }
    guard let first = (head..<tail).first(where: isAwaited) else { return ([], weight) }
    let sequences = stride(from: first, to: tail, by: weight).filter(isAwaited)
    return (sequences.compactMap { kept[slot(of: $0)]?.token }, weight)
  }

  /// What was kept of a delivery that awaits PUBACK or PUBREC.
  public func unacknowledged(_ packetID: UInt16) -> KeptDelivery? {
    guard !kept.isEmpty, let slot = slot(packetID), states[slot] != State.complete.rawValue,
      states[slot] != State.awaitsPubcomp.rawValue
    else { return nil }
    return kept[slot]
  }

  /// What must be sent again when the session is resumed, in the order in which it was sent [MQTT-4.4.0-1].
  public var incomplete: [(packetID: UInt16, state: State, delivery: KeptDelivery?)] {
    var id = headID
    var all: [(packetID: UInt16, state: State, delivery: KeptDelivery?)] = []
    for sequence in head..<tail {
      let slot = slot(of: sequence)
      if let state = State(rawValue: states[slot]), state != .complete {
        all.append((id, state, kept.isEmpty ? nil : kept[slot]))
      }
      id = Self.following(id)
    }
    return all
  }

  /// Takes the obligations of everything in flight: they are no longer this connection's. What came by a share group
  /// keeps its own if asked for, because it is passed on.
  public mutating func takeTokens(sparingShared: Bool = false) -> [ObligationToken] {
    var tokens: [ObligationToken] = []
    for slot in kept.indices {
      guard let entry = kept[slot], entry.token != .none, !sparingShared || entry.share == nil else { continue }
      let token = entry.token
      tokens.append(token)
      kept[slot]?.token = .none
    }
    return tokens
  }
}
