/// What loading the configuration came to.
public struct ConfigurationReport: Sendable {
  /// The configuration; nil exactly if there are errors.
  public let configuration: Configuration?
  /// All errors of all files, file by file and in the order of their lines; at most ``errorsMax``, the last one saying
  /// how many more there are.
  public let errors: [ConfigurationError]
  /// All warnings, in the same order and with the same bound.
  public let warnings: [ConfigurationWarning]

  /// The most errors, and the most warnings, that are kept. 200: nobody reads more before mending some.
  public static let errorsMax = 200
}
