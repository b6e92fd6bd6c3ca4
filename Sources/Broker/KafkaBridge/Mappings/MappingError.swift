/// What is wrong with a mapping, and where.
public struct MappingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The mapping's name; empty when the error is in none of them alone.
  public internal(set) var mapping: String
  /// The field of the mapping, by its name in the configuration: "filter", "topic", "key", "headers.plant".
  public internal(set) var field: String
  /// The byte in the field's text at which the error begins, from 0.
  public let offset: Int
  /// What is wrong, what is known there, and what to do.
  public let message: String

  init(mapping: String = "", field: String = "", offset: Int = 0, _ message: String) {
    self.mapping = mapping
    self.field = field
    self.offset = offset
    self.message = message
  }

  /// One line with all of it.
  public var description: String {
    let place = mapping.isEmpty ? "mappings" : "mapping \(mapping), \(field), at \(offset)"
    return "\(place): \(message)"
  }

  func at(_ mapping: String, _ field: String) -> MappingError {
    var copy = self
    copy.mapping = mapping
    copy.field = field
    return copy
  }
}
