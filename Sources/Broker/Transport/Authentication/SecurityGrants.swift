import BrokerCore
import Security

/// The authorization engine's answers in the form in which the broker asks.
final class SecurityGrants: AccessGrants {
  private let grants: Grants

  init(_ grants: Grants) { self.grants = grants }

  func mayPublish(_ topic: UnsafeRawBufferPointer) -> Bool { grants.mayPublish(topic) }
  func mayReceive(_ topic: UnsafeRawBufferPointer) -> Bool { grants.mayReceive(topic) }
  func maySubscribe(_ filter: UnsafeRawBufferPointer) -> Bool { grants.maySubscribe(filter) == .granted }
}
