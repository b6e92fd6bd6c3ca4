/// What a running broker is made of, in the order of the start: each part calls only parts that stand before it. A
/// start goes down this list and a stop goes up, so nobody is called before it is there, or after it has gone.
enum ServerPart: String, CaseIterable {
  /// The embedded Kafka, if there is to be one, and the producer that shards hand publishes to. It begins to connect,
  /// and reads nothing.
  case producer
  /// Loops and mailboxes of the shards, and their listeners, bound. None of them runs, and nobody is accepted. Nothing
  /// is left to be called here at a stop: what is posted once the shards have ended is dropped.
  case shards
  /// The way of delivery reports into the mailboxes: before the first publish, since a report without a way would leave
  /// its publisher without an acknowledgement.
  case reports
  /// Metrics and health over HTTP. It asks shards and bridge, and says that the broker is starting; a port in use ends
  /// the start before any client or record was taken.
  case administration
  /// The shards' threads: clients are let in, and publish. At a stop clients are sent away here.
  case clients
  /// Consumers: records go to shards that run and let clients in. At a stop they end, and commit, while all clients are
  /// still there: a record that is handed to shards whose clients have gone would count as done, and be lost to them.
  case records
  /// `/readyz` says yes. At a stop it says no first.
  case readiness
}
