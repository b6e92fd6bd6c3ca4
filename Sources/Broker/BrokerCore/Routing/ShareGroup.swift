import MQTTCodec
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
  /// client; nil when there is neither. A delivery of QoS 0 is for connected members only; sessions in `refused` (by
  /// their serial numbers) don't get it.
  func pick(from members: [Subscription], connectedOnly: Bool, refused: [UInt64] = []) -> Subscription? {
    let turn = turns.wrappingAdd(1, ordering: .relaxed).oldValue
    return pick(.connected, turn, members, refused) ?? (connectedOnly ? nil : pick(.away, turn, members, refused))
  }

  /// Turns are taken among those that can get it, so that who follows one that can't does not get its share.
  private func pick(
    _ presence: Session.Presence, _ turn: UInt64, _ members: [Subscription], _ refused: [UInt64]
  ) -> Subscription? {
    let isCandidate = { (member: Subscription) in
      // Nothing of QoS 0 is kept for a session that is away.
      member.session.presence == presence && (presence == .connected || member.options.qos != .atMostOnce)
        && (refused.isEmpty || !refused.contains(member.session.serial))
    }
    let count = members.count(where: isCandidate)
    guard count > 0 else { return nil }
    var left = Int(truncatingIfNeeded: turn % UInt64(count))
    // A presence may change meanwhile: then the last one that was seen will do.
    var last: Subscription?
    for member in members where isCandidate(member) {
      last = member
      if left == 0 { return member }
      left -= 1
    }
    return last
  }
}
