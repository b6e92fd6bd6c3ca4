import Configuration
import Glibc
import Testing

/// The shipped files, damaged.
@Suite(.timeLimit(.minutes(2))) struct DamagedFilesTests {
  private static let project = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/"
  private static let seed: UInt64 = 0x51_0CE

  @Test(arguments: ["sluice.yaml", "access.yaml", "mappings.yaml"])
  func `random damage to a file never traps, and its errors are lines with places`(name: String) throws {
    let scratch = try Scratch()
    let whole = try ["sluice.yaml", "access.yaml", "mappings.yaml"].map { (name: $0, bytes: try Self.bytes($0)) }
    for file in whole { try scratch.write(file.name, file.bytes) }
    let original = try #require(whole.first { $0.name == name }?.bytes)
    let alphabet = Array("[]{},:-?&*!|>'\"%@`# \t\nab$\\0~".utf8) + [0x00, 0xFF, 0xC3]
    var state = Self.seed
    var refused = 0
    for _ in 0..<1_000 {
      var bytes = original
      for _ in 0..<3 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes[Int(state >> 33) % bytes.count] = alphabet[Int(state >> 20 & 0xFFF) % alphabet.count]
      }
      try scratch.write(name, bytes)
      let report = scratch.load()
      #expect((report.configuration == nil) == !report.errors.isEmpty)
      for error in report.errors {
        #expect(error.place.line >= 0 && !error.message.isEmpty && !error.description.contains("\n"), "\(error)")
      }
      if !report.errors.isEmpty { refused += 1 }
    }
    #expect(refused > 100, "seed \(Self.seed)")
  }

  private static func bytes(_ name: String) throws -> [UInt8] {
    let descriptor = open(project + "config/development/" + name, O_RDONLY | O_CLOEXEC)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    let count = read(descriptor, &bytes, bytes.count)
    try #require(count > 0)
    return Array(bytes.prefix(count))
  }
}
