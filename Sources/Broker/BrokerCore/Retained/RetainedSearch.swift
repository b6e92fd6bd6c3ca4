import MQTTCodec

/// A filter that a client subscribed to, whose retained messages it is to get.
struct RetainedSearch {
  let client: Client
  let filter: [UInt8]
  let options: SubscriptionOptions
  let identifier: UInt32?
}
