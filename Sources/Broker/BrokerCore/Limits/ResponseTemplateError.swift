/// Why a text is no template of response topics.
public struct ResponseTemplateError: Error, Sendable, CustomStringConvertible {
  /// What is wrong.
  public let description: String
}
