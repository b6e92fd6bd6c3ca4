import Foundation

/// A client in another language than Python, in the folder `Programs`: it runs through a session over one transport and
/// one version of MQTT, and fails with what was not as it should be.
enum ClientProgram: String, Sendable, CaseIterable {
  /// Eclipse Paho's clients for C, as Debian packages them (libpaho-mqtt-dev).
  case synchronous, asynchronous
  /// mqtt.js in Node.js, as Debian packages it (node-mqtt).
  case mqttjs

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Programs")

  /// What the compiler makes of the programs in C, once for all tests.
  private static let compiled = Task {
    let folder = try TemporaryFolder()
    for (program, library) in [(synchronous, "paho-mqtt3cs"), (asynchronous, "paho-mqtt3as")] {
      try await Tool.cc.output(
        [
          "-Wall", "-Wextra", "-Werror", "-Wno-missing-field-initializers", "-o", folder.file(program.rawValue),
          program.source("c"), "-l\(library)", "-lpthread",
        ], seconds: 60)
    }
    return folder
  }

  /// Runs through its session, which must go well.
  func run(_ transport: Transport, port: UInt16, version: Int, certificates: DevelopmentCertificates) async throws {
    let scheme = self == .mqttjs ? transport.schemeOfNode : transport.schemeOfC
    var arguments = ["\(scheme)://127.0.0.1:\(port)\(transport.isWebSocket ? "/mqtt" : "")", "\(version)"]
    if transport.isEncrypted { arguments += [certificates.folder.path, "device-1"] }
    switch self {
    case .synchronous, .asynchronous:
      let folder = try await Self.compiled.value
      let process = try ChildProcess(folder.file(rawValue), arguments, input: nil, environment: [:])
      let status = try await process.wait(seconds: 180)
      guard status == .code(0) else { throw HarnessFailure("\(rawValue) \(arguments): \(process.report)") }
    case .mqttjs:
      // Where Debian puts modules, which a Node.js from elsewhere doesn't know.
      try await Tool.node.output(
        [source("js")] + arguments, environment: ["NODE_PATH": "/usr/share/nodejs"], seconds: 180)
    }
  }

  private func source(_ suffix: String) -> String { Self.folder.appending(path: "\(rawValue).\(suffix)").path }
}

extension ClientProgram {
  /// How it reaches the broker; the names are those of the listeners of ``WebSocketScenes``.
  enum Transport: String, Sendable, CaseIterable {
    case plain, tls, ws, wss

    var isEncrypted: Bool { self == .tls || self == .wss }
    var isWebSocket: Bool { self == .ws || self == .wss }

    fileprivate var schemeOfC: String {
      switch self {
      case .plain: "tcp"
      case .tls: "ssl"
      case .ws, .wss: rawValue
      }
    }

    fileprivate var schemeOfNode: String {
      switch self {
      case .plain: "mqtt"
      case .tls: "mqtts"
      case .ws, .wss: rawValue
      }
    }
  }
}
