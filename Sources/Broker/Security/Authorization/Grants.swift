import MQTTCodec

/// What one client may do: the rules of an ``AccessPolicy`` that apply to it, compiled at CONNECT.
///
/// Immutable, so any thread may ask it. No question allocates, recurses or takes a lock; the work is linear in the
/// bytes of the topic for each filter of the client. Whoever asks often keeps the answers (a shard's cache) as long as
/// it keeps the grants.
public final class Grants: Sendable {
  let policy: AccessPolicy
  private let publish: Lists
  private let subscribe: Lists

  /// One filter with the client's names in it, and its place in the policy.
  struct Filter: Sendable {
    let bytes: [UInt8]
    let index: Int
  }

  struct Lists: Sendable {
    let allow: [Filter]
    let deny: [Filter]
  }

  /// How a question was decided; the index is that of the policy's filter.
  enum Verdict: Equatable {
    case allowed(Int)
    case denied(Int)
    case noRule
    case dollarTopic
    case malformed(FilterSyntax.Problem)
    case malformedShare
  }

  init(policy: AccessPolicy, publish: Lists, subscribe: Lists) {
    self.policy = policy
    self.publish = publish
    self.subscribe = subscribe
  }

  /// Whether the client may publish to the topic, or leave a will for it. False for what is not a topic name, and
  /// for every topic that begins with `$` but that of a bridge's state (`BridgeStateTopic`). The pointer is used
  /// only during the call.
  public func mayPublish(_ topic: UnsafeRawBufferPointer) -> Bool {
    if case .allowed = verdict(.publish, topic) { true } else { false }
  }

  /// Whether a message of the topic may be given to the client: live, retained, queued, shared, or from Kafka.
  /// False for what is not a topic name. The pointer is used only during the call.
  public func mayReceive(_ topic: UnsafeRawBufferPointer) -> Bool {
    if case .allowed = verdict(.receive, topic) { true } else { false }
  }

  /// Whether the client may have a subscription with the filter, shared or not. The pointer is used only during the
  /// call.
  public func maySubscribe(_ filter: UnsafeRawBufferPointer) -> SubscribeDecision {
    switch verdict(.subscribe, filter) {
    case .allowed: .granted
    case .denied, .noRule, .dollarTopic: .denied
    case .malformed, .malformedShare: .malformed
    }
  }

  /// The one decision function. A topic is a filter without wildcards, so one test (does the grant hold all of it?)
  /// serves all actions.
  func verdict(_ action: AccessAction, _ bytes: UnsafeRawBufferPointer) -> Verdict {
    var asked = Span<UInt8>(_bytes: bytes.bytes)
    if action == .subscribe {
      guard let start = FilterSyntax.innerFilterStart(asked) else { return .malformedShare }
      asked = asked.extracting(droppingFirst: start)
    }
    if let problem = FilterSyntax.problem(in: asked, allowsWildcards: action == .subscribe) {
      return .malformed(problem)
    }
    if action == .publish, asked[0] == FilterSyntax.dollar, !BridgeStateTopic.isOne(bytes) { return .dollarTopic }
    let lists = action == .publish ? publish : subscribe
    if let index = Self.first(of: lists.deny, holding: asked) { return .denied(index) }
    if let index = Self.first(of: lists.allow, holding: asked) { return .allowed(index) }
    return .noRule
  }

  private static func first(of filters: [Filter], holding asked: Span<UInt8>) -> Int? {
    for position in filters.indices {
      let bytes = filters[position].bytes
      if FilterSyntax.contains(bytes.span, asked) { return filters[position].index }
    }
    return nil
  }
}
