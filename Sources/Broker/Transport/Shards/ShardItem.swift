import BrokerCore

/// What is posted into a shard's mailbox.
enum ShardItem: Sendable {
  /// Mail for the core.
  case mail(ShardMail)
  /// A CONNECT was judged by a worker.
  case decided(ConnectionReference, ConnectDecision)
  /// A connection whose session lives on this shard.
  case arrived(ConnectionReference)
  /// Another shard, which was behind with its mail, has caught up.
  case caughtUp
  /// End all connections and leave the loop.
  case stop
}

/// A connection on its way between threads: only one of them touches it at a time, which is what makes it sendable.
struct ConnectionReference: @unchecked Sendable {
  let connection: Connection
}
