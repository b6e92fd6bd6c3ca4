import MQTTCodec

/// A filter that a client subscribed to, whose retained messages its session is still to get.
struct RetainedSearch {
  let filter: [UInt8]
  var options: SubscriptionOptions
  var identifier: UInt32?
  var cursor: RetainedCursor
  /// What waits in the session's queue before this place came before the search (see ``MessageQueue/end``).
  var place: Int
}
