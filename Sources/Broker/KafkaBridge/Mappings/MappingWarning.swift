/// Something in a mapping that is allowed, and probably not what was meant.
public struct MappingWarning: Sendable, Hashable {
  /// The mapping's name.
  public let mapping: String
  /// The field of the mapping, by its name in the configuration.
  public let field: String
  /// What follows from it.
  public let message: String
}
