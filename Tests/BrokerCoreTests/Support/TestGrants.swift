import BrokerCore
import MQTTCodec
import Synchronization

/// Rights that a test changes while they are in use: everything but what it forbids by filters.
final class TestGrants: AccessGrants {
  struct Forbidden {
    var publish: [String] = []
    var receive: [String] = []
    var subscribe: Set<String> = []
  }

  private let forbidden = Mutex(Forbidden())

  init(_ change: (inout sending Forbidden) -> Void = { _ in }) { self.change(change) }

  func change(_ change: (inout sending Forbidden) -> Void) { forbidden.withLock { change(&$0) } }

  func mayPublish(_ topic: UnsafeRawBufferPointer) -> Bool {
    let filters = forbidden.withLock { $0.publish }
    return !Self.matches(filters, topic)
  }

  func mayReceive(_ topic: UnsafeRawBufferPointer) -> Bool {
    let filters = forbidden.withLock { $0.receive }
    return !Self.matches(filters, topic)
  }

  func maySubscribe(_ filter: UnsafeRawBufferPointer) -> Bool {
    forbidden.withLock { !$0.subscribe.contains(String(decoding: filter, as: UTF8.self)) }
  }

  private static func matches(_ filters: [String], _ topic: UnsafeRawBufferPointer) -> Bool {
    filters.contains { TopicFilter(Array($0.utf8))?.matches(topic: topic) ?? false }
  }
}
