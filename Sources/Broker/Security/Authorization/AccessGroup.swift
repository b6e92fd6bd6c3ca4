/// A named set of clients.
public struct AccessGroup: Sendable {
  /// The name by which rules refer to the group.
  public let name: String
  /// Who belongs to it; a client is in the group when one member fits. A group without members is valid and empty.
  public let members: [AccessMember]
  /// Where the group is written.
  public let origin: String

  /// Describes a group; ``AccessPolicy`` checks it.
  public init(name: String, members: [AccessMember], origin: String) {
    self.name = name
    self.members = members
    self.origin = origin
  }
}
