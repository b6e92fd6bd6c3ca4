import Foundation
import Testing

@testable import Security

struct PasswordFileTests {
  private let hashing = CountingHashing()

  private func parse(_ text: String) throws -> PasswordFile {
    try PasswordFile(text: text, path: "config/passwords", hashing: hashing)
  }

  private func problem(_ text: String) -> String? {
    do {
      _ = try parse(text)
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// Runs with a new directory, which is removed afterwards.
  private func withDirectory(_ body: (String) throws -> Void) throws {
    let directory = NSTemporaryDirectory() + "sluice-passwords-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try body(directory)
  }

  private func create(_ path: String, _ contents: Data) throws {
    try #require(FileManager.default.createFile(atPath: path, contents: contents))
  }

  @Test func `lines, comments and blank lines are read`() throws {
    let file = try parse("# people\r\nann:$1\r\n\r\n  # more\nbob smith:$2:x")
    #expect(file.users == ["ann", "bob smith"])
    #expect(file.hash(ofUser: "ann") == "$1")
    #expect(file.hash(ofUser: "bob smith") == "$2:x")
    #expect(file.hash(ofUser: "# people") == nil)
  }

  @Test(arguments: [
    ("ann", "config/passwords:1: expected user:hash"),
    ("ok:$1\nann:secret", "config/passwords:2: user \"ann\": not a password hash"),
    ("# c\n\n:$1", "config/passwords:3: the user name is empty"),
    ("ann:", "config/passwords:1: user \"ann\": not a password hash"),
    ("ann:$1\nbob:$1\nann:$2", "config/passwords:3: the user \"ann\" is in line 1 already"),
    (" ann:$1", "config/passwords:1: the user name has a space"), ("a\u{7}:$1", "control character"),
    ("a\0b:$1", "control character"),
  ])
  func `a bad line is refused with its place`(text: String, says: String) {
    #expect(problem(text)?.contains(says) == true, "\(problem(text) ?? "no problem")")
  }

  @Test func `a problem does not show what stands where the hash should be`() {
    #expect(problem("ann:hunter2")?.contains("hunter2") == false)
    #expect(problem("hunter2")?.contains("hunter2") == false)
  }

  @Test func `users whose names look alike are different users`() throws {
    let file = try parse("\u{E9}:$1\ne\u{301}:$2")
    #expect(file.hash(ofUser: "\u{E9}") == "$1")
    #expect(file.hash(ofUser: "e\u{301}") == "$2")
  }

  @Test func `a change keeps comments, order and the other users`() throws {
    var file = try parse("# people\nann:$1\n\nbob:$2\n")
    try file.set(user: "ann", hash: "$9", hashing: hashing)
    try file.set(user: "eve", hash: "$3", hashing: hashing)
    #expect(file.lines == ["# people", "ann:$9", "", "bob:$2", "eve:$3"])
    #expect(file.hash(ofUser: "ann") == "$9")
    let removed = file.remove(user: "bob")
    let removedAgain = file.remove(user: "bob")
    #expect(removed && !removedAgain)
    #expect(file.users == ["ann", "eve"])
    #expect(file.hash(ofUser: "bob") == nil)
    #expect(file.hash(ofUser: "eve") == "$3")
    #expect(file.lines == ["# people", "ann:$9", "", "eve:$3"])
  }

  @Test(arguments: ["", "a:b", "#a", "a\n", " a", String(repeating: "x", count: 1_025)])
  func `a user name that cannot stand in the file is refused`(user: String) throws {
    var file = try parse("")
    #expect(throws: PasswordFileError.self) { try file.set(user: user, hash: "$1", hashing: hashing) }
    #expect(throws: PasswordFileError.self) { try file.set(user: "ok", hash: "no hash", hashing: hashing) }
    #expect(file.users == [])
  }

  @Test func `a written file is read back, is for its owner only, and leaves nothing beside it`() throws {
    try withDirectory { directory in
      let path = directory + "/passwords"
      var file = try PasswordFile(text: "# people\n", path: path, hashing: hashing)
      try file.set(user: "ann", hash: "$1", hashing: hashing)
      try file.write()
      try file.set(user: "bob", hash: "$2", hashing: hashing)
      try file.write()
      let read = try PasswordFile.load(path: path, hashing: hashing)
      #expect(read.lines == ["# people", "ann:$1", "bob:$2"])
      #expect(!read.isReadableByOthers)
      #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["passwords"])
    }
  }

  @Test func `writing replaces the file to which a symbolic link points, and closes it to others`() throws {
    try withDirectory { directory in
      let (path, link) = (directory + "/real", directory + "/link")
      #expect(FileManager.default.createFile(atPath: path, contents: Data("ann:$1\n".utf8)))
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
      var file = try PasswordFile.load(path: link, hashing: hashing)
      #expect(file.isReadableByOthers)
      let removed = file.remove(user: "ann")
      #expect(removed)
      try file.write()
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
      #expect(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int == 0)
      #expect(try PasswordFile.load(path: path, hashing: hashing).isReadableByOthers == false)
    }
  }

  @Test func `a failed write leaves the old file`() throws {
    try withDirectory { directory in
      let file = try PasswordFile(text: "ann:$1\n", path: directory + "/absent/passwords", hashing: hashing)
      #expect(throws: PasswordFileError.self) { try file.write() }
      let blocked = try PasswordFile(text: "ann:$1\n", path: directory + "/folder", hashing: hashing)
      try FileManager.default.createDirectory(atPath: directory + "/folder", withIntermediateDirectories: false)
      #expect(throws: PasswordFileError.self) { try blocked.write() }
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["folder"])
    }
  }

  @Test func `what is missing, no regular file, no text or too large is refused`() throws {
    try withDirectory { directory in
      func problem(_ name: String) -> String {
        do {
          _ = try PasswordFile.load(path: directory + name, hashing: hashing)
          return "none"
        } catch {
          return "\(error)"
        }
      }
      #expect(problem("/absent").contains("No such file"))
      #expect(problem("").contains("not a regular file"))
      #expect(mkfifo(directory + "/pipe", 0o600) == 0)
      #expect(problem("/pipe").contains("not a regular file"))
      try create(directory + "/binary", Data([0xFF, 0xFE, 0x00]))
      #expect(problem("/binary").contains("not UTF-8"))
      try create(directory + "/large", Data(count: PasswordFile.bytesMax + 1))
      #expect(problem("/large").contains("larger than"))
      try create(directory + "/empty", Data())
      #expect(problem("/empty") == "none")
    }
  }
}
