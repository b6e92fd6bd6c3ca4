/// Where something stands in a configuration file. Prints as `config/access.yaml:12:3`, which editors and terminals can
/// follow.
public struct SourcePlace: Sendable, Hashable, CustomStringConvertible {
  /// The file, as the path by which it was opened.
  public let file: String
  /// The line, from 1; 0 where the whole file is meant.
  public let line: Int
  /// The column in characters, from 1; 0 where the whole file is meant.
  public let column: Int

  /// A place in a file.
  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:line:column`, or only the file where the whole of it is meant.
  public var description: String { line == 0 ? file : "\(file):\(line):\(column)" }
}
