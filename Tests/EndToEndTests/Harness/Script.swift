import Foundation

/// The scripts beside these tests: clients in Python, each scene of which fails with its reason.
enum Script: String, Sendable {
  /// Eclipse Paho's client, as Debian packages it.
  case scenes
  /// Packets made by hand, well-formed and not.
  case wire
  /// TLS in fragments, cut, corrupted and slow.
  case tls
  /// A page in a browser.
  case browser
  /// WebSocket and the PROXY protocol beneath TLS, in pieces.
  case websocket
  /// Listeners that differ, and what an operator may choose of MQTT.
  case listeners
  /// Many and large retained messages.
  case retained
  /// Clients that a PROXY header gives an address.
  case address
  /// Records of odd bytes from Kafka, and a strict decoder of what comes out.
  case records
  /// Subscribers of which some are slow.
  case slow
  /// A publisher that notes what was acknowledged.
  case publisher

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Scripts")

  /// Runs a scene, which must succeed; returns what it printed.
  @discardableResult
  func run(_ scene: String, _ arguments: [String], seconds: Double = 180) async throws -> String {
    try await Tool.python3.output([path, scene] + arguments, environment: Self.environment, seconds: seconds)
  }

  /// Starts a scene, to go on beside the test.
  func start(_ scene: String, _ arguments: [String]) throws -> ChildProcess {
    try Tool.python3.start([path, scene] + arguments, environment: Self.environment)
  }

  private var path: String { Self.folder.appending(path: "\(rawValue).py").path }

  // Nothing is left in the folder of the sources.
  private static let environment = ["PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"]
}
