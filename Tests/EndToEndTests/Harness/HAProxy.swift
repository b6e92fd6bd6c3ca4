/// HAProxy in front of listeners that take its PROXY headers.
enum HAProxy {
  /// One listener of HAProxy's, and where its connections go.
  struct Front: Sendable {
    let port: UInt16
    let target: UInt16
    /// `send-proxy`, `send-proxy-v2` and their options.
    let header: String
  }

  /// Starts it and waits until it takes connections.
  static func start(_ fronts: [Front], in folder: TemporaryFolder) async throws -> ChildProcess {
    var text = "defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 1m\n  timeout server 1m\n"
    for front in fronts {
      text += "listen front-\(front.port)\n  bind 127.0.0.1:\(front.port)\n"
      // Its checks connect and close at once, without a header.
      text += "  server sluice 127.0.0.1:\(front.target) \(front.header) check inter 200ms\n"
    }
    let process = try Tool.haproxy.start(["-db", "-f", try folder.write(text, to: "haproxy.cfg")])
    // It listens on all addresses or on none.
    _ = try await Waiting.until("HAProxy listens", seconds: 60) {
      guard process.exitStatus == nil else { throw HarnessFailure("HAProxy ended: \(process.report)") }
      return fronts.allSatisfy { FreePorts.isTaken($0.port) } ? true : nil
    }
    return process
  }
}
