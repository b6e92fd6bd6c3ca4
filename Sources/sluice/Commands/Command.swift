/// One command of the program.
protocol Command {
  /// The word that names it.
  static var name: String { get }
  /// How it is written.
  static var usage: String { get }
  /// What it does, in one sentence.
  static var summary: String { get }
  /// Names of the options that take a value.
  static var options: [String] { get }
  /// Does it; returns the exit status.
  static func run(_ arguments: Arguments) throws -> Int32
}
