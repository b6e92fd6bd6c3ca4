import MQTTCodec

/// A filter that a client subscribed to, whose retained messages it is to get.
struct RetainedSearch {
  /// Who asked, and is not read from until it is done.
  let client: Client
  /// Whose subscription it is.
  let session: Session
  let filter: [UInt8]
  let options: SubscriptionOptions
  let identifier: UInt32?
}
