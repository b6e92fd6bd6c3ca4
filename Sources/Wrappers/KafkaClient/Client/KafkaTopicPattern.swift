internal import Glibc

/// Which topics a subscription names: one name, or, beginning with `^`, a POSIX extended regular expression, as
/// librdkafka reads it. Immutable; any thread may ask.
///
/// As with Java's clients (`exclude.internal.topics`), an expression never means Kafka's internal topics, those that
/// begin with `__`; a name may.
public final class KafkaTopicPattern: @unchecked Sendable {
  /// How the names of Kafka's internal topics begin.
  static let internalPrefix = "__"

  /// The name or expression.
  public let text: String
  /// Whether it is an expression.
  public let isExpression: Bool
  // regexec is thread-safe on a compiled expression; it changes in init and deinit only.
  private let compiled: UnsafeMutablePointer<regex_t>?

  /// Compiles the expression, or takes the name; throws what is wrong with either, also what other kinds of regular
  /// expressions have and POSIX has not: it would mean something else here.
  public init(_ text: String) throws(KafkaPatternError) {
    self.text = text
    isExpression = text.hasPrefix("^")
    guard isExpression else {
      guard KafkaTopic.isLegal(name: text) else {
        throw KafkaPatternError(offset: 0, reason: KafkaTopic.explainIllegal(name: text))
      }
      compiled = nil
      return
    }
    if let error = PatternDialect.firstStranger(in: text) { throw error }
    if text.hasPrefix("^" + Self.internalPrefix) {
      throw KafkaPatternError(
        offset: 1,
        reason: "patterns leave Kafka's internal topics (\(Self.internalPrefix)*) out, so that this one means none: "
          + "name the topic, without ^")
    }
    let place = UnsafeMutablePointer<regex_t>.allocate(capacity: 1)
    place.initialize(to: regex_t())
    let error = regcomp(place, text, REG_EXTENDED | REG_NOSUB)
    guard error == 0 else {
      let (_, reason) = withErrorText { regerror(error, place, $0, $1) }
      place.deallocate()
      throw KafkaPatternError(
        offset: 0, reason: "the topic pattern \(text) is not a regular expression: \(reason)")
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
    return !topic.hasPrefix(Self.internalPrefix) && regexec(compiled, topic, 0, nil, 0) == 0
  }
}
