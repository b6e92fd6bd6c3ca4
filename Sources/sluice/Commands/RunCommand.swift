import EventLoop

/// `sluice run`: the broker, until SIGINT or SIGTERM.
enum RunCommand: Command {
  static let name = "run"
  static let usage = "sluice run --config config/sluice.yaml"
  static let summary = "runs the broker until it is told to stop (SIGINT, SIGTERM)"
  static let options = ["config"]

  static func run(_ arguments: Arguments) throws -> Int32 {
    try arguments.onlyOptions()
    let path = try arguments.required("config")
    let assembly = Assembly.load(path)
    assembly.report()
    guard let plan = assembly.plan else { return 1 }
    return try runUntilStopped(Server(plan))
  }

  /// Starts the server, calls `started`, and stops the server when a signal asks for it. `started` is given what tells
  /// it whether one has.
  static func runUntilStopped(
    _ server: Server, started: (_ isStopping: () -> Bool) throws -> Void = { _ in }
  ) throws -> Int32 {
    let loop = try EventLoop()
    var isStopping = false
    let signals = try SignalEvents(loop: loop, signals: Set(ProcessSignal.allCases)) { signal in
      switch signal {
      case .interrupt, .terminate: isStopping = true
      case .hangUp, .user1, .user2: server.tell(signal)
      }
    }
    let ticker = Timer(loop: loop, repeating: true) { server.flushLog() }
    ticker.start(milliseconds: 1000)
    defer { withExtendedLifetime((signals, ticker)) {} }
    try SignalDispositions.whileBlocked { try server.start() }
    do {
      try started {
        _ = loop.runOnce(waiting: false)
        return isStopping
      }
    } catch {
      // Whoever presses Ctrl-C here ends the clients that `started` runs, too: that is no failure.
      _ = loop.runOnce(waiting: false)
      server.stop()
      if isStopping { return 0 }
      throw error
    }
    while !isStopping, loop.runOnce(waiting: true) {}
    server.stop()
    return 0
  }
}
