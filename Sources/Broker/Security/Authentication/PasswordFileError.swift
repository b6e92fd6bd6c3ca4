/// Why a password file could not be read, changed or written. It never holds a hash.
public struct PasswordFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file, as it was named.
  public let path: String
  /// The line, counted from 1, or nil when it is about the whole file.
  public let line: Int?
  /// What is wrong, and what to do about it.
  public let message: String

  init(_ path: String, line: Int? = nil, _ message: String) {
    self.path = path
    self.line = line
    self.message = message
  }

  /// One line for a person.
  public var description: String {
    line.map { "\(path):\($0): \(message)" } ?? "\(path): \(message)"
  }
}
