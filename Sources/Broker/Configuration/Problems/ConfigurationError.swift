/// Something in the configuration with which Sluice must not start.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Where it is wrong.
  public let place: SourcePlace
  /// What is wrong and what to do. One line; never holds a secret or the value of a variable.
  public let message: String
  /// What was probably meant, if something comes close.
  public let suggestion: String?

  /// An error at a place.
  public init(place: SourcePlace, message: String, suggestion: String? = nil) {
    self.place = place
    self.message = message
    self.suggestion = suggestion
  }

  /// One line: `config/mappings.yaml:7:5: unknown key "acknowlege"; did you mean "acknowledge"?`
  public var description: String {
    "\(place): \(message)" + (suggestion.map { "; did you mean \"\($0)\"?" } ?? "")
  }
}
