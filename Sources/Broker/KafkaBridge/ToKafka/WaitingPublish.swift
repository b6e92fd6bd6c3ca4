internal import BrokerCore

/// A publish that waits until it is known whether Kafka has the topic that it is for.
struct WaitingPublish: Sendable {
  let message: Message
  /// What was left of its life when it came.
  let expirySeconds: UInt32?
  let route: KafkaRoute
  /// The mapping's place and the token, as a delivery report has them.
  let opaque: UInt64

  /// What it takes of the bound of bytes.
  var bytes: Int { message.bytes.count }
}
