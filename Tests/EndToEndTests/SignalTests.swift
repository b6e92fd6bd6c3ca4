import Foundation
import Testing

/// Signals and closed streams that servers meet: none of them ends it, or makes it write where it shouldn't.
@Suite(.serialized)
struct SignalTests {
  /// All whose default is the end of a process, but for those that ask for that, and faults.
  private static let harmless =
    [SIGHUP, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGSTKFLT, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGXFSZ, SIGXCPU]
    + Array(34...64)

  @Test
  func `no signal but those that ask for it ends it, and SIGHUP says that it can't reload yet`() async throws {
    let sluice = try await SluiceProcess.start(
      SluiceFiles(isAnonymousAllowed: true, access: SluiceFiles.openAccess))
    for signal in Self.harmless { sluice.send(signal: signal) }
    try await sluice.waitForLog("SIGHUP: the configuration can't be read again yet")
    try await sluice.waitForLog("SIGUSR2")
    #expect(sluice.isRunning)
    let port = "\(try await sluice.port(of: "plain"))"
    try await Tool.mosquittoPub.output(["-h", "127.0.0.1", "-p", port, "-q", "1", "-t", "a", "-m", "b"])
    #expect(try await sluice.stop() == .code(0), "\(sluice.report)")
  }

  @Test
  func `signals during start and stop change nothing`() async throws {
    var files = BridgeScenes.embedded
    files.sections = "kafka: { bootstrap_servers: [\"127.0.0.1:\(try FreePorts.take())\"] }\nlog: { level: debug }\n"
    let sluice = try SluiceProcess.launch(files.text)
    // The first line: from here on, and not before, it can be told when it is being started.
    try await sluice.waitForLog("part=producer")
    for signal in Self.harmless { sluice.send(signal: signal) }
    try await sluice.waitForLog("sluice is ready")
    let waiting = try Tool.mosquittoPub.start(
      ["-h", "127.0.0.1", "-p", "\(try await sluice.port(of: "plain"))", "-q", "1", "-t", "bare/x", "-m", "x"])
    sluice.terminate()
    try await sluice.waitForLog("stopped part=readiness")
    for signal in Self.harmless { sluice.send(signal: signal) }
    #expect(try await sluice.waitForEnd() == .code(0), "\(sluice.report)")
    #expect(sluice.log.contains("sluice has stopped"))
    try await waiting.stop()
  }

  @Test
  func `streams that are closed at its start lead nowhere, and never into a socket`() async throws {
    let port = try FreePorts.take()
    var files = SluiceFiles(isAnonymousAllowed: true, access: SluiceFiles.openAccess)
    files.sections = "log: { level: debug }\n"
    let folder = try TemporaryFolder()
    for (name, text) in files.text {
      try folder.write(text.replacing("bind: 127.0.0.1:0", with: "bind: 127.0.0.1:\(port)"), to: name)
    }
    let command = "exec \(SluiceBinary.path) run --config \(folder.file("sluice.yaml")) <&- >&- 2>&-"
    let sluice = try Tool.sh.start(["-c", command])
    let publish = ["-h", "127.0.0.1", "-p", "\(port)", "-q", "1", "-t", "a", "-m", "b"]
    _ = try await Waiting.until("it answers", seconds: 60) {
      try await Tool.mosquittoPub.run(publish).isSuccess ? true : nil
    }
    for descriptor in 0...2 {
      let path = "/proc/\(sluice.identifier)/fd/\(descriptor)"
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == "/dev/null")
    }
    #expect(try await sluice.stop() == .code(0))
  }

  @Test
  func `a log whose reader has gone neither ends it nor holds it up`() async throws {
    let port = try FreePorts.take()
    let files = SluiceFiles(isAnonymousAllowed: true, access: SluiceFiles.openAccess)
    let folder = try TemporaryFolder()
    for (name, text) in files.text {
      try folder.write(text.replacing("bind: 127.0.0.1:0", with: "bind: 127.0.0.1:\(port)"), to: name)
    }
    let pipe = folder.file("pipe")
    let command =
      "mkfifo \(pipe); head -n 2 \(pipe) & exec \(SluiceBinary.path) run --config \(folder.file("sluice.yaml"))"
      + " >\(pipe) 2>&1"
    let sluice = try Tool.sh.start(["-c", command])
    // The first lines have been read, and with them the reader has gone.
    try await sluice.waitForOutput("listening")
    let stranger = ["--silent", "--max-time", "10", "http://127.0.0.1:\(port)/"]
    for _ in 0..<30 { _ = try await Tool.curl.run(stranger) }
    try await Tool.mosquittoPub.output(["-h", "127.0.0.1", "-p", "\(port)", "-q", "1", "-t", "a", "-m", "b"])
    #expect(try await sluice.stop() == .code(0))
  }
}
