extension Grants {
  /// Why the engine decides as it does about the action on the topic or (for `subscribe`) the filter. It asks the same
  /// function as ``mayPublish(_:)``, ``mayReceive(_:)`` and ``maySubscribe(_:)``. For people: it allocates.
  public func explain(_ action: AccessAction, _ topic: String) -> Explanation {
    var topic = topic
    return topic.withUTF8 { explain(action, UnsafeRawBufferPointer($0)) }
  }

  /// The same for bytes, which are used only during the call.
  public func explain(_ action: AccessAction, _ topic: UnsafeRawBufferPointer) -> Explanation {
    switch verdict(action, topic) {
    case .allowed(let index): explanation(true, index)
    case .denied(let index): explanation(false, index)
    case .noRule: Explanation(isAllowed: false, origin: nil, reason: "no rule")
    case .dollarTopic:
      Explanation(
        isAllowed: false, origin: nil,
        reason: "clients never publish to topics that begin with $, but for $SYS/broker/connection/NAME/state")
    case .malformed(let problem):
      Explanation(
        isAllowed: false, origin: nil, reason: "the \(action == .subscribe ? "filter" : "topic") \(problem.message)")
    case .malformedShare:
      Explanation(isAllowed: false, origin: nil, reason: "a shared subscription is $share/GROUP/FILTER")
    }
  }

  private func explanation(_ isAllowed: Bool, _ index: Int) -> Explanation {
    let filter = policy.filters[index].source
    return Explanation(isAllowed: isAllowed, origin: filter.origin, reason: filter.text)
  }
}
