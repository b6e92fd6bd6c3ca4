/// What a cluster says of itself and of some topics: the answer to one request for metadata.
struct KafkaClusterView: Sendable, Equatable {
  /// One topic.
  struct Topic: Sendable, Equatable {
    let name: String
    /// Why nothing is known of it, such as that there is no such topic.
    let error: KafkaErrorCode
    /// The leader of each partition, -1 where there is none.
    let leaders: [Int32]
  }

  /// Where each broker is, as the brokers themselves say (`advertised.listeners`): "host:port".
  var addresses: [Int32: String] = [:]
  /// The topics that were asked about.
  var topics: [Topic] = []
}
