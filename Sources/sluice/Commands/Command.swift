/// One command of the program.
protocol Command {
  /// The word that names it.
  static var name: String { get }
  /// How it is written, one line for each way.
  static var usage: String { get }
  /// What it does, in one sentence.
  static var summary: String { get }
  /// Names of the options that take a value.
  static var options: [String] { get }
  /// Those of the options that may be given more than once.
  static var repeatable: [String] { get }
  /// Names of the options that take no value.
  static var flags: [String] { get }
  /// Does it; returns the exit status.
  static func run(_ arguments: Arguments) throws -> Int32
}

extension Command {
  static var repeatable: [String] { [] }
  static var flags: [String] { [] }
}
