/// Something in the configuration that is allowed, and probably not what was meant.
public struct ConfigurationWarning: Sendable, Equatable, CustomStringConvertible {
  /// Where it is.
  public let place: SourcePlace
  /// What follows from it. One line; never holds a secret or the value of a variable.
  public let message: String

  /// A warning at a place.
  public init(place: SourcePlace, message: String) {
    self.place = place
    self.message = message
  }

  /// One line: `config/access.yaml:1:1: warning: ...`
  public var description: String { "\(place): warning: \(message)" }
}
