/// A name and a value that mean something to the application (MQTT 5.0 section 3.1.2.11.8).
public struct UserProperty: Sendable, Hashable {
  /// The name; it may come several times in one packet.
  public var name: String
  /// The value.
  public var value: String

  /// Makes a property.
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}
