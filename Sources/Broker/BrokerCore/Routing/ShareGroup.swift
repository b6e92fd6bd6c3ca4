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

  /// Picks the member whose turn it is: one that is connected and keeps up if there is any, else one that is connected,
  /// else one whose session waits for its client; nil when there is none. A delivery of QoS 0 is for connected members
  /// only; sessions in `refused` (by their serial numbers) don't get it.
  func pick(from members: [Subscription], connectedOnly: Bool, refused: [UInt64] = []) -> Subscription? {
    let turn = turns.wrappingAdd(1, ordering: .relaxed).oldValue
    return pick(.connected, turn, members, refused) ?? pick(.behind, turn, members, refused)
      ?? (connectedOnly ? nil : pick(.away, turn, members, refused))
  }

  /// Each member has its turn; the turns of those that can't get it are shared out among the others, so that who
  /// follows such a one does not get two shares.
  private func pick(
    _ presence: Session.Presence, _ turn: UInt64, _ members: [Subscription], _ refused: [UInt64]
  ) -> Subscription? {
    guard !members.isEmpty else { return nil }
    let isCandidate = { (member: Subscription) in
      // Nothing of QoS 0 is kept for a session that is away.
      member.session.presence == presence && (presence != .away || member.options.qos != .atMostOnce)
        && (refused.isEmpty || !refused.contains(member.session.serial))
    }
    let (round, place) = turn.quotientAndRemainder(dividingBy: UInt64(members.count))
    if isCandidate(members[Int(place)]) { return members[Int(place)] }
    let candidates = members.filter(isCandidate)
    return candidates.isEmpty ? nil : candidates[Int(round % UInt64(candidates.count))]
  }
}
