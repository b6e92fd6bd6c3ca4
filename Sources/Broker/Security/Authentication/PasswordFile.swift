/// The users and their password hashes: lines of `user:hash`, blank lines, and comments that begin with `#`.
///
/// A value; an empty file is valid and matches nobody. User names are bytes: they are compared exactly, in their letter
/// case.
public struct PasswordFile: Sendable {
  /// Bytes of a password file: room for about 100,000 users.
  public static let bytesMax = 16 * 1024 * 1024

  /// The file's name, for messages and as where it is written by default.
  public let path: String
  /// Whether others than the file's owner and group may read it; someone should be warned.
  public internal(set) var isReadableByOthers = false

  /// The lines as they are, so that a change keeps comments and order.
  private(set) var lines: [String] = []
  private(set) var entries: [Entry] = []
  private var numbers: [[UInt8]: Int] = [:]

  struct Entry: Sendable {
    let user: [UInt8]
    let hash: String
  }

  /// Reads the text of a password file; `path` is for messages.
  ///
  /// Throws at the first line that is not right: a file with a mistake is refused whole.
  public init(text: String = "", path: String) throws(PasswordFileError) {
    try self.init(text: text, path: path, hashing: TLSPasswordHashing())
  }

  init(text: String, path: String, hashing: some PasswordHashing) throws(PasswordFileError) {
    self.path = path
    guard text.utf8.count <= Self.bytesMax else {
      throw PasswordFileError(path, "is larger than \(Self.bytesMax) bytes: this is no password file")
    }
    // A line break may be "\r\n", which is one Character in Swift: split by bytes.
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
      String(Substring($0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0))
    }
    if lines.last == "" { lines.removeLast() }
    try setLines(lines, hashing)
  }

  /// The users in the order of the file.
  public var users: [String] { entries.map { String(decoding: $0.user, as: UTF8.self) } }

  /// The user's hash, or nil when there is no such user.
  func hash(ofUser user: String) -> String? {
    numbers[Array(user.utf8)].map { entries[$0].hash }
  }

  /// The hash of some user, chosen by the digest; nil when the file has no users. To be verified and ignored for a user
  /// that doesn't exist, so that it takes as long as one that does.
  func standInHash(forUser digest: [UInt8]) -> String? {
    guard !entries.isEmpty else { return nil }
    let number = digest.prefix(7).reduce(0) { $0 << 8 | Int($1) }
    return entries[number % entries.count].hash
  }

  /// Adds a user or replaces its hash, which must be one that the TLS module's password hashing made.
  ///
  /// Throws when the name can't stand in the file (empty, a colon, a control character, a `#` at its begin, outer
  /// spaces) or the hash is none.
  public mutating func set(user: String, hash: String) throws(PasswordFileError) {
    try set(user: user, hash: hash, hashing: TLSPasswordHashing())
  }

  mutating func set(user: String, hash: String, hashing: some PasswordHashing) throws(PasswordFileError) {
    if let problem = Self.problem(inUser: user) { throw PasswordFileError(path, "the user name \(problem)") }
    if let problem = hashing.problem(in: hash) { throw PasswordFileError(path, problem) }
    var lines = lines
    let line = "\(user):\(hash)"
    if let position = position(of: user) { lines[position] = line } else { lines.append(line) }
    try setLines(lines, hashing)
  }

  /// Removes a user; false when there is none of that name.
  public mutating func remove(user: String) -> Bool {
    guard let position = position(of: user) else { return false }
    lines.remove(at: position)
    entries.removeAll { $0.user.elementsEqual(user.utf8) }
    numberEntries()
    return true
  }

  /// What is wrong with a user name in a password file, or nil.
  static func problem(inUser user: String) -> String? {
    if user.isEmpty { return "is empty" }
    if user.utf8.count > AccessLimits.nameBytesMax { return "is longer than \(AccessLimits.nameBytesMax) bytes" }
    if user.unicodeScalars.contains(where: isControl) { return "contains a control character" }
    if user.utf8.contains(UInt8(ascii: ":")) { return "contains a colon, which separates name and hash" }
    if user.utf8.first == UInt8(ascii: "#") { return "begins with #, as comments do" }
    if user.utf8.first == UInt8(ascii: " ") || user.utf8.last == UInt8(ascii: " ") { return "has a space at an end" }
    return nil
  }

  private mutating func setLines(_ lines: [String], _ hashing: some PasswordHashing) throws(PasswordFileError) {
    var entries: [Entry] = []
    var firstLines: [[UInt8]: Int] = [:]
    for (index, line) in lines.enumerated() where !Self.isNote(line) {
      let number = index + 1
      guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else {
        throw PasswordFileError(path, line: number, "expected user:hash; make lines with: sluice password")
      }
      let user = String(line[..<colon])
      if let problem = Self.problem(inUser: user) {
        throw PasswordFileError(path, line: number, "the user name \(problem)")
      }
      let hash = String(line[line.utf8.index(after: colon)...])
      if let problem = hashing.problem(in: hash) {
        throw PasswordFileError(path, line: number, "user \"\(printable(user))\": \(problem)")
      }
      if let first = firstLines.updateValue(number, forKey: Array(user.utf8)) {
        throw PasswordFileError(path, line: number, "the user \"\(printable(user))\" is in line \(first) already")
      }
      entries.append(Entry(user: Array(user.utf8), hash: hash))
    }
    self.lines = lines
    self.entries = entries
    numberEntries()
  }

  private mutating func numberEntries() {
    numbers = [:]
    numbers.reserveCapacity(entries.count)
    for (number, entry) in entries.enumerated() { numbers[entry.user] = number }
  }

  private func position(of user: String) -> Int? {
    let start = Array(user.utf8) + [UInt8(ascii: ":")]
    return lines.firstIndex { !Self.isNote($0) && $0.utf8.starts(with: start) }
  }

  /// Whether the line is blank or a comment.
  private static func isNote(_ line: String) -> Bool {
    let first = line.utf8.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
    return first == nil || first == UInt8(ascii: "#")
  }
}
