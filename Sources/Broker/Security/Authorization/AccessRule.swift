/// What one subject may and may not do.
public struct AccessRule: Sendable {
  /// To whom the rule applies.
  public let subject: AccessSubject
  /// Topics that the subject may publish to.
  public let allowPublish: [AccessFilter]
  /// Topics that the subject may subscribe to and receive.
  public let allowSubscribe: [AccessFilter]
  /// Topics that the subject must not publish to, whatever any other rule allows.
  public let denyPublish: [AccessFilter]
  /// Topics that the subject must not receive, whatever any other rule allows.
  public let denySubscribe: [AccessFilter]
  /// Where the rule is written.
  public let origin: String

  /// Describes a rule; ``AccessPolicy`` checks it.
  public init(
    subject: AccessSubject, allowPublish: [AccessFilter] = [], allowSubscribe: [AccessFilter] = [],
    denyPublish: [AccessFilter] = [], denySubscribe: [AccessFilter] = [], origin: String
  ) {
    self.subject = subject
    self.allowPublish = allowPublish
    self.allowSubscribe = allowSubscribe
    self.denyPublish = denyPublish
    self.denySubscribe = denySubscribe
    self.origin = origin
  }
}
