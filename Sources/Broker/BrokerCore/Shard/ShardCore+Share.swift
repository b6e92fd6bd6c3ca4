import MQTTCodec

/// Shared subscriptions (MQTT 5.0 section 4.8.2): one member of a group gets each message.
extension ShardCore {
  /// Members that may not receive a message, or have gone, are passed over at most so often: each look costs a walk
  /// over the members.
  private static let refusalsMax = 16

  /// Gives a publish to one member of each group, wherever its session lives.
  func share(_ fan: inout FanOut, among shares: [(group: ShareGroup, members: [Subscription])]) {
    for (group, members) in shares { hand(&fan, to: group, members, refused: []) }
  }

  private func hand(_ fan: inout FanOut, to group: ShareGroup, _ members: [Subscription], refused: [UInt64]) {
    var refused = refused
    while refused.count <= Self.refusalsMax,
      let member = group.pick(from: members, connectedOnly: fan.view.qos == .atMostOnce, refused: refused)
    {
      let session = member.session
      guard session.shard == shard else {
        outgoing[session.shard].append(
          ShardDelivery(
            message: message(&fan), publisherSerial: fan.publisherSerial, token: fan.token,
            member: (member, group, refused)))
        if fan.token != .none { fan.obligations += 1 }
        if !host.keepsUp(session.shard) { isOtherShardBehind = true }
        hasMail = true
        return
      }
      if !session.isEnded, session.grants.mayReceive(fan.view.topic) {
        // The last encoding may lie in the output of this very client, and would move with it.
        fan.encoded = nil
        return deliver(&fan, to: Receiver(member, of: group))
      }
      refused.append(session.serial)
    }
  }

  /// A publish of another shard for a member of a group here. If that one is gone, or may not receive it, the next in
  /// turn gets it. Returns what that opened under `token`.
  func deliver(
    _ message: Message, toMember member: Subscription, of group: ShareGroup, refused: [UInt64], token: ObligationToken
  ) -> Distribution {
    var distribution = Distribution()
    withView(of: message) { view, route in
      var fan = FanOut(view: view, route: route.serial, publisherSerial: 0, token: token)
      if !member.session.isEnded, member.session.grants.mayReceive(view.topic) {
        deliver(&fan, to: Receiver(member, of: group))
      } else {
        let refused = refused + [member.session.serial]
        hand(&fan, to: group, state.subscriptions.members(of: group), refused: refused)
      }
      distribution = fan.distribution
    }
    return distribution
  }

  /// The member that had a message ended its session without it: another gets it, and the obligation with it (MQTT 5.0
  /// section 4.8.2).
  func shareAgain(_ message: Message, in group: ShareGroup, token: ObligationToken) {
    var obligations = 0
    withView(of: message) { view, route in
      var fan = FanOut(view: view, route: route.serial, publisherSerial: 0, token: token)
      hand(&fan, to: group, state.subscriptions.members(of: group), refused: [])
      obligations = fan.obligations
    }
    if token != .none, obligations == 0 { discharge(Discharge(token: token, outcome: .unneeded)) }
  }
}

extension Receiver {
  /// A member of a share group: its options count for it alone.
  fileprivate init(_ member: Subscription, of group: ShareGroup) {
    session = member.session
    qos = member.options.qos
    isNoLocal = false
    withoutNoLocal = []
    keepsRetain = member.options.retainAsPublished
    subscriptionIdentifiers = member.identifier.map { [$0] } ?? []
    share = group
  }
}
