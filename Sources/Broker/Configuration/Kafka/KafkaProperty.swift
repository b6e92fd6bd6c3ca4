/// One librdkafka property.
public struct KafkaProperty: Sendable {
  /// A property's value. Prints as it is, or as `***`.
  public enum Content: Sendable, CustomStringConvertible {
    /// What anyone may see.
    case text(String)
    /// A password, a key, or what came from a file or a variable.
    case secret(Secret)

    /// The value itself, for librdkafka. Never log it.
    public var revealed: String {
      switch self {
      case .text(let text): text
      case .secret(let secret): secret.revealed
      }
    }

    /// The value, or `***`.
    public var description: String {
      switch self {
      case .text(let text): text
      case .secret(let secret): secret.description
      }
    }
  }

  /// The property's name, such as `security.protocol`.
  public let name: Placed<String>
  /// Its value.
  public let value: Placed<Content>
}
