/// What one client may do, compiled when it connected. Immutable; any thread may ask.
///
/// BrokerCore asks it in every place where rights matter: publish, will (set and fired), subscribe, and each delivery.
public protocol AccessGrants: AnyObject, Sendable {
  /// Whether the client may publish to a topic name.
  func mayPublish(_ topic: UnsafeRawBufferPointer) -> Bool
  /// Whether a message on this topic name may be delivered to the client.
  func mayReceive(_ topic: UnsafeRawBufferPointer) -> Bool
  /// Whether the client may subscribe to a filter: the whole filter must lie inside a grant.
  func maySubscribe(_ filter: UnsafeRawBufferPointer) -> Bool
}
