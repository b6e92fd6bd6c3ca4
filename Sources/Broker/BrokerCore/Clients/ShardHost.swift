/// What a shard's core asks of whoever moves its bytes: the rare things that need a socket, another thread or another
/// shard. Called on the shard's thread.
public protocol ShardHost: AnyObject {
  /// Judge a CONNECT; answer through ``ShardCore/decided(_:_:)``, now or later.
  func authenticate(_ client: Client, _ request: ConnectRequest)
  /// Extended authentication goes on with what the client sent; answer as for ``authenticate(_:_:)``.
  func continueAuthentication(_ client: Client, _ data: [UInt8]?)
  /// The client's CONNECT was accepted.
  func accepted(_ client: Client)
  /// The client's session lives on another shard: take the connection there and call that core's
  /// ``ShardCore/adopt(_:)``.
  func move(_ client: Client, to shard: Int)
  /// Read from the client again: ``Client/isPaused`` ended. Bytes that were left over come first.
  func resume(_ client: Client)
  /// Hand mail to another shard's core.
  func post(_ mail: ShardMail, to shard: Int)
  /// Whether another shard keeps up with its mail. After a no, ``ShardCore/relieve()`` is called once it does again.
  func keepsUp(_ shard: Int) -> Bool
}

/// What shards tell each other, once for each round.
public enum ShardMail: Sendable {
  /// Publishes for receivers of the other shard.
  case deliveries([ShardDelivery])
  /// Obligations that ended.
  case discharges([Discharge])
  /// Records from Kafka to publish.
  case records(RecordBatch)
  /// Whether others wait because of a client of the asking shard.
  case inquiry(PatienceInquiry)
  /// They do.
  case finding(PatienceFinding)
}

/// One publish for the receivers of another shard.
public struct ShardDelivery: Sendable {
  /// The message.
  public let message: Message
  /// The publishing session's serial, for no local.
  public let publisherSerial: UInt64
  /// What the receiving shard discharges once, when its share is done.
  public let token: ObligationToken
  /// The one session that it is for, as a member of a share group, and members that could not get it; nil for all
  /// receivers of the shard.
  let member: (subscription: Subscription, group: ShareGroup, refused: [UInt64])?

  init(
    message: Message, publisherSerial: UInt64, token: ObligationToken,
    member: (subscription: Subscription, group: ShareGroup, refused: [UInt64])? = nil
  ) {
    self.message = message
    self.publisherSerial = publisherSerial
    self.token = token
    self.member = member
  }
}
