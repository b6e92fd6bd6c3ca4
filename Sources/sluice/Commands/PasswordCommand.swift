import Glibc
import Security
import TLS

/// `sluice password`: sets or removes one user's password in a password file.
enum PasswordCommand: Command {
  static let name = "password"
  static let usage = "sluice password FILE USER [--remove]"
  static let summary = "sets a user's password in a password file (asks for it, or reads a line from standard input)"
  static let options: [String] = []
  static let flags = ["remove"]

  static func run(_ arguments: Arguments) throws -> Int32 {
    guard arguments.positional.count == 2 else { throw UsageError(message: "a file and a user name are wanted") }
    let path = arguments.positional[0]
    let user = arguments.positional[1]
    var file = try access(path, F_OK) == 0 ? PasswordFile.load(path: path) : PasswordFile(path: path)
    if arguments.has("remove") {
      guard file.remove(user: user) else { throw Failure("\(path) has no user \"\(user)\"") }
      try file.write()
      Terminal.print("removed \(user) from \(path)")
      return 0
    }
    let password = try readPassword()
    guard !password.isEmpty else { throw Failure("an empty password is not allowed") }
    try file.set(user: user, hash: PasswordHash.make(password, salt: SecureRandom.bytes(PasswordHash.saltBytesMin)))
    try file.write()
    Terminal.print("set the password of \(user) in \(path)")
    return 0
  }

  private static func readPassword() throws -> [UInt8] {
    guard isatty(STDIN_FILENO) == 1 else { return Array((readLine(strippingNewline: true) ?? "").utf8) }
    guard let first = hiddenLine("Password: "), let second = hiddenLine("Once more: ") else {
      throw Failure("no password was given")
    }
    guard first == second else { throw Failure("the two passwords differ; nothing was changed") }
    return first
  }

  private static func hiddenLine(_ prompt: String) -> [UInt8]? {
    guard let line = getpass(prompt) else { return nil }
    defer { explicit_bzero(line, strlen(line)) }
    return Array(UnsafeBufferPointer(start: line, count: strlen(line)).map { UInt8(bitPattern: $0) })
  }
}
