/// Something wrong in a YAML file: where, and what to do about it, in plain words.
public struct YAMLError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Where it is.
  public let place: YAMLPlace
  /// What is wrong and, where it can be told, how to mend it. One line; what it quotes of the file is escaped and cut.
  public let message: String

  /// An error at a place.
  public init(place: YAMLPlace, message: String) {
    self.place = place
    self.message = message
  }

  /// `file:line:column: message`.
  public var description: String { "\(place): \(message)" }
}
