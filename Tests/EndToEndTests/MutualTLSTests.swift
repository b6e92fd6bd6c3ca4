import Testing

/// Mosquitto's clients over TLS, with a broker that requires a certificate of its authority.
@Suite(
  .serialized,
  .broker {
    let certificates = try await DevelopmentCertificates.make()
    try await certificates.issue(device: "expired", days: -1)
    try await certificates.issueEarly(device: "early")
    try await certificates.issue(device: "unnamed-in-rules")
    try await certificates.issueByStranger(device: "stranger")
    return SluiceFiles(
      certificates: certificates,
      sections: "limits: { connect_timeout_seconds: 3, handshake_timeout_seconds: 3 }",
      access: """
        groups:
          devices: { members: ["certificate:CN=device-*"] }
        rules:
          - group: devices
            allow:
              publish: ["devices/{certificate}/#", "free/#"]
              subscribe: ["devices/{certificate}/#", "free/#"]

        """)
  })
struct MutualTLSTests {
  static let versions = ["mqttv311", "5"]

  @Test(arguments: versions, [0, 1, 2])
  func `a device publishes and receives over mutual TLS`(version: String, qos: Int) async throws {
    let (topic, payload) = ("devices/device-1/\(version)/\(qos)", "payload \(version) \(qos)")
    let broker = try SharedBroker.current
    let subscriber = try await Mosquitto.subscribe(
      try Self.arguments("device-1") + ["-V", version, "-q", "\(qos)", "-t", topic, "-C", "1", "-F", "%t %q %p"])
    try await Tool.mosquittoPub.output(
      try Self.arguments("device-1") + ["-V", version, "-q", "\(qos)", "-t", topic, "-m", payload])
    #expect(try await subscriber.wait(seconds: 60) == .code(0), "\(subscriber.report)")
    #expect(subscriber.output.contains("\n\(topic) \(qos) \(payload)\n"), "\(subscriber.output)")
    #expect(broker.sluice.isRunning)
  }

  @Test
  func `the common name decides what a device may do`() async throws {
    let own = try Self.arguments("device-1") + ["-V", "5", "-q", "1", "-m", "x"]
    let refused = try await Tool.mosquittoPub.run(own + ["-t", "devices/device-2/x"])
    #expect(refused.errors.contains("Not authorized") || refused.output.contains("Not authorized"))
    try await Tool.mosquittoPub.output(own + ["-t", "devices/device-1/x"])
    let subscribed = try await Tool.mosquittoSub.run(
      Self.arguments("device-1") + ["-V", "5", "-t", "devices/device-2/#", "-W", "5"])
    #expect(subscribed.errors.contains("All subscription requests were denied"), "\(subscribed)")
    let unnamed = try await Tool.mosquittoPub.run(
      Self.arguments("unnamed-in-rules") + ["-V", "5", "-q", "1", "-t", "free/x", "-m", "x"])
    #expect(unnamed.errors.contains("Not authorized") || unnamed.output.contains("Not authorized"), "\(unnamed)")
  }

  @Test(arguments: [
    ("stranger", "certificate"), ("expired", "expired"), ("early", "not yet valid"), ("server", "purpose"),
  ])
  func `a certificate that is not good is refused and named in the log`(device: String, reason: String) async throws {
    try await refuses(try Self.arguments(device), saying: reason)
  }

  @Test
  func `who has no certificate is refused`() async throws {
    let broker = try SharedBroker.current
    let certificates = try #require(broker.certificates)
    try await refuses(
      ["-h", "localhost", "-p", "\(broker.tlsPort ?? 0)", "--cafile", certificates.authority], saying: "certificate")
  }

  @Test
  func `plain MQTT on the TLS listener is closed`() async throws {
    let broker = try SharedBroker.current
    let outcome = try await Tool.mosquittoPub.run(
      ["-h", "127.0.0.1", "-p", "\(broker.tlsPort ?? 0)", "-t", "free/x", "-m", "x", "-q", "1"])
    #expect(!outcome.isSuccess)
    try await isServed()
  }

  @Test
  func `openssl s_client verifies the server by name and by address`() async throws {
    let broker = try SharedBroker.current
    let certificates = try #require(broker.certificates)
    for (host, option) in [("localhost", "-verify_hostname"), ("127.0.0.1", "-verify_ip")] {
      let outcome = try await Tool.openssl.run([
        "s_client", "-connect", "127.0.0.1:\(broker.tlsPort ?? 0)", "-CAfile", certificates.authority, option, host,
        "-cert", certificates.certificate(of: "device-1"), "-key", certificates.key(of: "device-1"),
        "-verify_return_error",
      ])
      #expect(outcome.output.contains("Verify return code: 0 (ok)"), "\(outcome.output)\n\(outcome.errors)")
      #expect(outcome.output.contains("TLSv1.3"))
    }
  }

  @Test(arguments: [
    "fragments", "finished_with_data", "slow_reader", "garbage", "half_open", "ends", "versions", "abandoned",
  ])
  func `TLS withstands`(scene: String) async throws {
    let broker = try SharedBroker.current
    let certificates = try #require(broker.certificates)
    try await Script.tls.run(
      scene,
      [
        "--port", "\(broker.tlsPort ?? 0)", "--pid", "\(broker.sluice.identifier)", "--folder",
        certificates.folder.path, "--count", "2000",
      ])
  }

  @Test
  func `TLS 1_1 is refused with its reason in the log`() async throws {
    let broker = try SharedBroker.current
    let outcome = try await Tool.openssl.run([
      "s_client", "-connect", "127.0.0.1:\(broker.tlsPort ?? 0)", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0",
    ])
    #expect(!outcome.isSuccess)
    try await broker.sluice.waitForLog("unsupported protocol")
    try await isServed()
  }

  private func refuses(_ arguments: [String], saying reason: String) async throws {
    let broker = try SharedBroker.current
    let linesBefore = broker.sluice.log.split(separator: "\n").count
    let outcome = try await Tool.mosquittoPub.run(arguments + ["-t", "free/x", "-m", "x", "-q", "1"])
    #expect(!outcome.isSuccess)
    let line = try await Waiting.until("the refusal in the log", seconds: 60) {
      broker.sluice.log.split(separator: "\n").dropFirst(linesBefore).first { $0.contains("TLS handshake failed") }
    }
    #expect(line.contains(reason) && line.contains("listener=tls") && line.contains("127.0.0.1:"), "\(line)")
    try await isServed()
  }

  private func isServed() async throws {
    try await Tool.mosquittoPub.output(try Self.arguments("device-2") + ["-q", "1", "-t", "free/x", "-m", "x"])
  }

  private static func arguments(_ device: String) throws -> [String] {
    let broker = try SharedBroker.current
    guard let port = broker.tlsPort, let certificates = broker.certificates else { throw HarnessFailure("no TLS") }
    return ["-h", "localhost", "-p", "\(port)"] + certificates.mosquittoArguments(device: device)
  }
}
