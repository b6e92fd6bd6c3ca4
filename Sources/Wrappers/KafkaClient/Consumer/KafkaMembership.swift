/// How a consumer belongs to its group.
public struct KafkaMembership: Sendable, Hashable {
  /// `group.id`.
  public var group: String
  /// `group.instance.id` (KIP-345): the member's name, at most 249 of Kafka's characters for names, one for each member
  /// at a time. Whoever comes with it takes the place of the one before at once, whether that one was killed or lives:
  /// a living one is told ``KafkaErrorCode/fencedInstanceID``. nil for a member without a name: after a kill its
  /// partitions rest for `session.timeout.ms`.
  public var instance: String?
  /// Whether others may be members too. Then a named member leaves the group when it is closed, so that others get its
  /// partitions at once; otherwise its place is kept for `session.timeout.ms`.
  public var isShared: Bool

  /// Describes a membership.
  public init(group: String, instance: String? = nil, isShared: Bool = true) {
    self.group = group
    self.instance = instance
    self.isShared = isShared
  }

  /// Whether a broker made this member identifier for a member of that name: the name, a hyphen, and a UUID as text or
  /// in Base64.
  static func isIdentifier(_ identifier: String, ofInstance instance: String) -> Bool {
    guard identifier.hasPrefix(instance + "-") else { return false }
    return [36, 22].contains(identifier.utf8.count - instance.utf8.count - 1)
  }
}
