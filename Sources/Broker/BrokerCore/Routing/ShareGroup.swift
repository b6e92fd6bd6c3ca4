import Synchronization

/// The sessions that share one subscription, `$share/{name}/{filter}` (MQTT 5.0 section 4.8.2): each message goes to
/// one of them.
///
/// Its members are kept by the ``SubscriptionIndex`` under that index's lock; whose turn it is, is the group's own. Any
/// thread.
final class ShareGroup: Sendable {
  /// A number of its own among the groups.
  let serial: UInt64
  /// The whole filter, `$share/` and the name included.
  let filter: [UInt8]
  private let turns = Atomic<UInt64>(0)

  init(serial: UInt64, filter: [UInt8]) {
    self.serial = serial
    self.filter = filter
  }

  /// Picks the member whose turn it is: one that is connected if there is any, else one whose session waits for its
  /// client; nil when there is neither. A delivery of QoS 0 is for connected members only.
  func pick(from members: [Subscription], connectedOnly: Bool) -> Subscription? {
    guard !members.isEmpty else { return nil }
    let start = Int(truncatingIfNeeded: turns.wrappingAdd(1, ordering: .relaxed).oldValue & 0x7FFF_FFFF)
    var waiting: Subscription?
    for offset in members.indices {
      let member = members[(start + offset) % members.count]
      switch member.session.presence {
      case .connected: return member
      case .away: if waiting == nil { waiting = member }
      case .ended: break
      }
    }
    return connectedOnly ? nil : waiting
  }
}
