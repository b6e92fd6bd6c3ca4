/// What is easy to get wrong with Mosquitto's clients.
enum Mosquitto {
  /// Starts mosquitto_sub with these arguments and waits until the broker has its subscription.
  static func subscribe(_ arguments: [String]) async throws -> ChildProcess {
    // It writes to a file here, so it would keep back what it says.
    let process = try Tool.stdbuf.start(["-oL", Tool.mosquittoSub.rawValue] + arguments + ["-d"])
    try await process.waitForOutput("SUBACK")
    return process
  }
}
