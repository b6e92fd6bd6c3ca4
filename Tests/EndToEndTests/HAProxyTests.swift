import Testing

/// A real proxy that says whom it speaks for, in front of TLS.
@Suite struct HAProxyTests {
  static let headers = ["send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options ssl,crc32c,unique-id"]

  private static func files(_ certificates: DevelopmentCertificates) -> SluiceFiles {
    let tls =
      "tls: { certificate: \(certificates.certificate(of: "server")), key: \(certificates.key(of: "server")),"
      + " client_certificates: required, client_ca: \(certificates.authority) }"
    let listeners = ["name: behind, protocol: mqtts, versions: [\"3.1.1\"]", "name: web, protocol: wss"]
    return SluiceFiles(
      certificates: certificates,
      moreListeners: listeners.map {
        "  - { \($0), bind: \"127.0.0.1:0\", proxy_protocol: { networks: [127.0.0.1] }, \(tls) }\n"
      }.joined(),
      moreListenerNames: ["behind", "web"], access: SluiceFiles.openAccess)
  }

  @Test(arguments: headers)
  func `devices connect through HAProxy, and the log names them`(header: String) async throws {
    let certificates = try await DevelopmentCertificates.make()
    let sluice = try await SluiceProcess.start(Self.files(certificates))
    let mqtt = HAProxy.Front(
      port: try FreePorts.take(), target: try await sluice.port(of: "behind"), header: header)
    let web = HAProxy.Front(port: try FreePorts.take(), target: try await sluice.port(of: "web"), header: header)
    let proxy = try await HAProxy.start([mqtt, web], in: sluice.folder)

    let device = certificates.mosquittoArguments(device: "device-1") + ["-h", "127.0.0.1", "-p", "\(mqtt.port)"]
    let subscriber = try await Mosquitto.subscribe(device + ["-q", "1", "-t", "through", "-C", "1"])
    let other = certificates.mosquittoArguments(device: "device-2") + ["-h", "127.0.0.1", "-p", "\(mqtt.port)"]
    try await Tool.mosquittoPub.output(other + ["-q", "1", "-t", "through", "-m", "it"])
    #expect(try await subscriber.wait(seconds: 60) == .code(0))
    #expect(subscriber.output.contains("it"))

    // What is logged of a client has its own address, not that of HAProxy.
    let refused = try await Tool.mosquittoPub.run(other + ["-A", "127.0.0.5", "-V", "5", "-t", "x", "-m", "x"])
    #expect(!refused.isSuccess)
    try await sluice.waitForLog("listener=behind peer=127.0.0.5:")

    try await Script.scenes.run(
      "large_payloads",
      [
        "--port", "\(web.port)", "--version", "5", "--websocket", "--device", "device-1", "--folder",
        certificates.folder.path,
      ])
    // HAProxy's checks came and went meanwhile, and are nothing to write of.
    #expect(!sluice.log.contains("PROXY"), "\(sluice.log)")
    try await proxy.stop()
    #expect(try await sluice.stop() == .code(0), "\(sluice.report)")
  }
}
