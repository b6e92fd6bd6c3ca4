internal import Glibc

/// Which topics a subscription names: one name, or, beginning with `^`, a POSIX extended regular expression, as
/// librdkafka reads it. Immutable; any thread may ask.
public final class KafkaTopicPattern: @unchecked Sendable {
  /// The name or expression.
  public let text: String
  /// Whether it is an expression.
  public let isExpression: Bool
  // regexec is thread-safe on a compiled expression; it changes in init and deinit only.
  private let compiled: UnsafeMutablePointer<regex_t>?

  /// Compiles the expression, or takes the name; throws what is wrong with either.
  public init(_ text: String) throws(KafkaError) {
    self.text = text
    isExpression = text.hasPrefix("^")
    guard isExpression else {
      guard KafkaTopic.isLegal(name: text) else {
        throw KafkaError(code: .invalidArgument, reason: KafkaTopic.explainIllegal(name: text))
      }
      compiled = nil
      return
    }
    let place = UnsafeMutablePointer<regex_t>.allocate(capacity: 1)
    place.initialize(to: regex_t())
    let error = regcomp(place, text, REG_EXTENDED | REG_NOSUB)
    guard error == 0 else {
      let (_, reason) = withErrorText { regerror(error, place, $0, $1) }
      place.deallocate()
      throw KafkaError(
        code: .invalidArgument, reason: "the topic pattern \(text) is not a regular expression: \(reason)")
    }
    compiled = place
  }

  deinit {
    if let compiled {
      regfree(compiled)
      compiled.deallocate()
    }
  }

  /// Whether a topic of this name is meant.
  public func matches(_ topic: String) -> Bool {
    guard let compiled else { return topic == text }
    return regexec(compiled, topic, 0, nil, 0) == 0
  }
}
