import Configuration
import Testing

/// What is wrong with files as such, and the order in which problems of several files are told.
@Suite(.timeLimit(.minutes(1))) struct ConfigurationFileTests {
  private static let main = Scratch.standard["sluice.yaml", default: ""]

  @Test func `a main file that does not exist is told by its name`() {
    let report = Configuration.load("/nonexistent/sluice.yaml")
    #expect(report.configuration == nil)
    #expect(report.errors.map(\.description) == ["/nonexistent/sluice.yaml: the file does not exist"])
  }

  @Test func `a folder in place of the main file is refused`() {
    #expect(Configuration.load("/tmp").errors.map(\.description) == ["/tmp: the file is a folder"])
  }

  @Test func `a missing file that nobody named says which key has it by default`() throws {
    let scratch = try Scratch(["sluice.yaml": Self.main + "kafka: {embedded: true}\n"])
    let report = scratch.load()
    #expect(
      report.errors.map(scratch.shown)
        == ["sluice.yaml: mappings: the file \"mappings.yaml\" does not exist (the default of the key \"mappings\")"])
  }

  @Test func `a pipe in place of a file is refused without waiting for a writer`() throws {
    let scratch = try Scratch(["sluice.yaml": Self.main + "access: pipe\n"])
    try scratch.makePipe("pipe")
    #expect(
      scratch.load().errors.map(scratch.shown) == ["sluice.yaml:3:9: access: the file \"pipe\" is not a regular file"])
  }

  @Test func `a file larger than four megabytes is refused`() throws {
    let scratch = try Scratch(["sluice.yaml": Self.main + "access: big\n"])
    try scratch.write("big", [UInt8](repeating: UInt8(ascii: "#"), count: 4 << 20 + 1))
    #expect(
      scratch.load().errors.map(scratch.shown) == [
        "sluice.yaml:3:9: access: the file \"big\" is larger than 4194304 bytes"
      ])
  }

  @Test func `hostile bytes in any file are errors with their place`() throws {
    let scratch = try Scratch(["sluice.yaml": Self.main + "kafka: {embedded: true}\n"])
    try scratch.write("access.yaml", Array("rules:\n".utf8) + [0x00])
    try scratch.write("mappings.yaml", Array("to_kafka: ".utf8) + [0xFF])
    #expect(
      scratch.load().errors.map(scratch.shown) == [
        "access.yaml:2:1: a NUL character can't stand in a file",
        "mappings.yaml:1:11: this is not UTF-8: save the file as UTF-8",
      ])
  }

  @Test func `errors of all files are told, file by file and line by line`() throws {
    let found = try errors([
      "sluice.yaml": "shards: 0\nlog: {level: loud}\nkafka: {embedded: perhaps}\nlisteners: []\n",
      "access.yaml": "rules:\n  - user: a\n    alow: {}\ngroup: {}\n",
      "mappings.yaml": "from_kafka: [{}]\nx: 1\n",
    ])
    #expect(
      found.map { $0.split(separator: ": ")[0] } == [
        "sluice.yaml:1:9", "sluice.yaml:2:14", "sluice.yaml:3:8", "sluice.yaml:3:19", "sluice.yaml:4:12",
        "access.yaml:3:5",
        "access.yaml:4:1", "mappings.yaml:1:14", "mappings.yaml:1:14", "mappings.yaml:1:14", "mappings.yaml:2:1",
      ])
  }

  @Test func `errors are bounded, and the last line says how many more there are`() throws {
    let scratch = try Scratch(["access.yaml": "rules:\n" + String(repeating: "  - {}\n", count: 5_000)])
    let report = scratch.load()
    #expect(report.errors.count == ConfigurationReport.errorsMax)
    #expect(report.errors.last.map(scratch.shown) == "access.yaml: 9801 more errors are not shown")
  }

  @Test func `a file of nothing but unknown keys is refused soon`() throws {
    let keys = (0..<150_000).map { "queue_bytes_\($0): 1\n" }.joined()
    let scratch = try Scratch(["sluice.yaml": Self.main + "x: 1\n" + keys])
    let report = scratch.load()
    #expect(report.errors.count == ConfigurationReport.errorsMax)
    #expect(report.errors.last.map(scratch.shown) == "sluice.yaml: 149802 more errors are not shown")
  }

  @Test func `a syntax error in one file does not hide errors of the others`() throws {
    let found = try errors(["sluice.yaml": Self.main + "shards: 0\n", "access.yaml": "rules: [\n"])
    #expect(
      found == [
        "sluice.yaml:3:9: shards: \"0\" is out of range: 1 to 256", "access.yaml:2:1: a value was expected here",
      ])
  }
}
