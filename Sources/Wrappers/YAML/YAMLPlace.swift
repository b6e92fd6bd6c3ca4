/// Where something stands in a YAML file. Prints as `config/access.yaml:12:3`, which editors and terminals can follow.
public struct YAMLPlace: Sendable, Hashable, CustomStringConvertible {
  /// The file's name as the caller gave it.
  public let file: String
  /// The line, from 1.
  public let line: Int
  /// The column in characters (Unicode scalars), from 1.
  public let column: Int

  /// A place in a file.
  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:line:column`.
  public var description: String { "\(file):\(line):\(column)" }
}
