/// One rule: a subject, and what it may and must not do.
public struct AccessRuleConfiguration: Sendable {
  /// To whom a rule applies. Names are as they were written, `*` included.
  public enum Subject: Sendable, Hashable {
    /// `group`: the members of a group. Whether it exists is not checked here.
    case group(String)
    /// `user`: clients with this proven user name.
    case user(String)
    /// `client`: clients with this client identifier.
    case client(String)
    /// `certificate`: clients with this certificate name.
    case certificate(String)
    /// `everyone: true`: every client that was let in.
    case everyone
  }

  /// Topic filters by action. They are not checked here.
  public struct Filters: Sendable {
    /// `publish`.
    public let publish: [Placed<String>]
    /// `subscribe`: also what is received.
    public let subscribe: [Placed<String>]
  }

  /// To whom the rule applies, placed at the name.
  public let subject: Placed<Subject>
  /// `allow`.
  public let allow: Filters
  /// `deny`: wins over every allow.
  public let deny: Filters
}
