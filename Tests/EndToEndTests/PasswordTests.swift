import Foundation
import Testing

/// User names and passwords: a file that `sluice password` wrote, and one broker that reads it.
@Suite(
  .serialized,
  .broker {
    let folder = try TemporaryFolder()
    try await Passwords.set("line-4", "correct horse", in: folder.file("passwords"))
    try await Passwords.set("ünïcode", "pässwörd with spaces", in: folder.file("passwords"))
    return SluiceFiles(
      authentication: ["password_file: \(folder.file("passwords"))"],
      access: """
        rules:
          - user: line-4
            allow: { publish: ["lines/{user}/#"], subscribe: ["lines/{user}/#"] }
          - user: ünïcode
            allow: { publish: ["lines/#"] }

        """,
      kept: [folder])
  })
struct PasswordTests {
  @Test(arguments: MutualTLSTests.versions)
  func `the right password lets a user in, again and again`(version: String) async throws {
    for _ in 0..<3 {
      let outcome = try await publish(version, ["-u", "line-4", "-P", "correct horse", "-t", "lines/line-4/x"])
      #expect(outcome.isSuccess, "\(outcome)")
    }
  }

  @Test
  func `names and passwords are any text`() async throws {
    let outcome = try await publish("5", ["-u", "ünïcode", "-P", "pässwörd with spaces", "-t", "lines/x"])
    #expect(outcome.isSuccess && outcome.errors.isEmpty, "\(outcome)")
  }

  @Test(
    arguments: MutualTLSTests.versions,
    [
      ["-u", "line-4", "-P", "Correct horse"], ["-u", "line-4", "-P", "correct hors"], ["-u", "line-4"],
      ["-u", "line-5", "-P", "correct horse"], ["-u", "LINE-4", "-P", "correct horse"], [],
    ])
  func `a wrong, unknown or absent name or password is refused`(version: String, arguments: [String]) async throws {
    let outcome = try await publish(version, arguments + ["-t", "lines/line-4/x"])
    // 4 and 5 in 3.1.1, 0x86 and 0x87 in 5.0.
    let codes: [ChildProcess.ExitStatus] = version == "5" ? [.code(134), .code(135)] : [.code(4), .code(5)]
    #expect(codes.contains(outcome.status), "\(outcome)")
    let log = try SharedBroker.current.sluice.log
    #expect(log.contains("authentication refused"))
    #expect(!log.contains("orrect hors"))
  }

  @Test
  func `the file can be read by its owner alone, and holds no password`() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("passwords")
    try await Passwords.set("a", "secret words", in: path)
    try await Passwords.set("b", "secret words", in: path)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(!text.contains("secret"))
    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(lines.count == 2)
    #expect(Set(lines.map { $0.split(separator: ":", maxSplits: 1).last }).count == 2, "the salts differ")
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let removed = try await SluiceBinary.run(["password", path, "a", "--remove"])
    #expect(removed.isSuccess)
    #expect(try !String(contentsOfFile: path, encoding: .utf8).contains("a:"))
  }

  @Test(arguments: [["x:y"], ["new\nline"], [""]])
  func `a name that the file cannot hold is refused`(names: [String]) async throws {
    let folder = try TemporaryFolder()
    for name in names {
      let outcome = try await SluiceBinary.run(["password", folder.file("passwords"), name], input: "secret words\n")
      #expect(outcome.status == .code(1), "\(outcome)")
      #expect(!outcome.errors.isEmpty)
    }
    let empty = try await SluiceBinary.run(["password", folder.file("passwords"), "user"], input: "\n")
    #expect(empty.status == .code(1) && empty.errors.contains("empty"))
  }

  private func publish(_ version: String, _ arguments: [String]) async throws -> Tool.Outcome {
    let port = try SharedBroker.current.plainPort
    return try await Tool.mosquittoPub.run(
      ["-h", "127.0.0.1", "-p", "\(port)", "-V", version, "-q", "1", "-m", "x"] + arguments)
  }
}

/// Password files, as an operator makes them.
enum Passwords {
  static func set(_ user: String, _ password: String, in path: String) async throws {
    let outcome = try await SluiceBinary.run(["password", path, user], input: password + "\n")
    guard outcome.isSuccess else { throw HarnessFailure("sluice password: \(outcome)") }
  }
}
