/// A value in a YAML file, with the place where it begins.
public struct YAMLNode: Sendable {
  /// What a node can be.
  public enum Content: Sendable {
    /// A text, with its style.
    case scalar(YAMLScalar)
    /// A list of nodes.
    case sequence([YAMLNode])
    /// Keys and values in the order of the file.
    case mapping(YAMLMapping)
    /// Something that was refused; the document's errors say why. It stands here so that a reader does not report it
    /// missing.
    case refused
  }

  /// Where it begins.
  public let place: YAMLPlace
  /// What it is.
  public let content: Content
}
