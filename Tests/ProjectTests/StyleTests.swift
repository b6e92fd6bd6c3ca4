import Testing

struct StyleTests {
  static let all = Project.sources + Project.tests
  static let fileLinesMax = 399
  static let functionLinesMax = 69
  static let columnsMax = 120
  static let topLevelTypesMax = 3

  @Test(arguments: all)
  func `a file is under 400 lines`(source: SwiftSource) {
    #expect(source.lines.count <= Self.fileLinesMax)
  }

  @Test(arguments: all)
  func `a function is under 70 lines`(source: SwiftSource) {
    for function in source.functions {
      #expect(function.lineCount <= Self.functionLinesMax, "\(source.path):\(function.line)")
    }
  }

  @Test(arguments: all + [Project.manifest])
  func `a line is at most 120 columns`(source: SwiftSource) {
    let long = source.lines.indices.filter { source.lines[$0].count > Self.columnsMax }.map { $0 + 1 }
    #expect(long.isEmpty, "\(source.path), lines \(long)")
  }

  /// One type a file is the rule; a small companion that means nothing without it may stay beside it.
  @Test(arguments: Project.sources)
  func `a file is named after the type that it holds`(source: SwiftSource) {
    let types = source.topLevelTypes
    #expect(types.count <= Self.topLevelTypesMax)
    let stem = String(source.fileName.prefix { $0 != "+" && $0 != "." })
    #expect(types.isEmpty || types.contains(stem), "\(source.path) holds \(types)")
  }

  @Test(arguments: Project.sources)
  func `nothing in the sources can end the process on purpose`(source: SwiftSource) {
    for (what, sequence) in [("try!", ["try", "!"]), ("fatalError", ["fatalError", "("])] {
      let lines = source.lines(with: sequence)
      let isExcused = Self.excuses.contains { $0.path == source.path && $0.what == what }
      // An excuse that is not needed any more goes too.
      #expect(lines.isEmpty != isExcused, "\(what) in \(source.path), lines \(lines)")
    }
  }

  @Test
  func `bounds checks stay on in every build`() {
    let text = Project.text(of: "Package.swift") + Project.text(of: "Makefile") + Project.text(of: "docker/Dockerfile")
    #expect(text.contains("swift-tools-version"))
    #expect(!text.contains("-Ounchecked"))
    #expect(!text.contains("unsafeFlags"))
  }

  @Test
  func `every excuse is for a file that is there`() {
    let paths = Set(Project.sources.map(\.path))
    #expect(Self.excuses.map(\.path).filter { !paths.contains($0) } == [])
  }

  /// Where a trap is right: only where no outside input can reach it, and with the reason.
  static let excuses: [(path: String, what: String, reason: String)] = [
    ("Sources/Wrappers/EventLoop/Timer.swift", "fatalError", outOfMemory),
    ("Sources/Wrappers/EventLoop/SocketEvents.swift", "fatalError", outOfMemory),
    ("Sources/Wrappers/EventLoop/WakeUpReceiver.swift", "fatalError", outOfMemory),
    ("Sources/Wrappers/HTTPServer/HTTPServerCore.swift", "fatalError", outOfMemory),
    ("Sources/Wrappers/TLS/Digests/Digest.swift", "fatalError", outOfMemory),
    ("Sources/Wrappers/TLS/Digests/SecureRandom.swift", "fatalError", "without randomness no secret may be made"),
  ]
  private static let outOfMemory = "it fails only without memory, and then Swift itself cannot go on either"
}
