import Testing

/// Real clients over WebSocket, with and without TLS: Eclipse Paho's for Python, and a page in a browser.
@Suite(.serialized, .broker { try await WebSocketScenes.files() })
struct WebSocketTests {
  static let scenes = [
    "every_quality", "order_is_kept", "wildcards", "retained", "will", "persistent_session", "takeover",
    "large_payloads",
  ]

  @Test(arguments: scenes, [4, 5])
  func `Paho's scenes go as well over WebSocket`(scene: String, version: Int) async throws {
    let port = try await SharedBroker.current.sluice.port(of: "ws")
    try await Script.scenes.run(scene, ["--port", "\(port)", "--version", "\(version)", "--websocket"])
  }

  // The others leave sessions and retained messages behind, which are another client's here.
  @Test(arguments: ["every_quality", "order_is_kept", "wildcards", "persistent_session", "large_payloads"], [4, 5])
  func `Paho's scenes go as well over WebSocket and mutual TLS`(scene: String, version: Int) async throws {
    let broker = try SharedBroker.current
    let folder = try #require(broker.certificates).folder.path
    let port = try await broker.sluice.port(of: "wss")
    try await Script.scenes.run(
      scene,
      ["--port", "\(port)", "--version", "\(version)", "--websocket", "--device", "device-1", "--folder", folder])
  }

  @Test
  func `a PROXY header, TLS and frames in pieces of any size are as good as whole`() async throws {
    let broker = try SharedBroker.current
    let folder = try #require(broker.certificates).folder.path
    try await Script.websocket.run(
      "pieces", ["--port", "\(try await broker.sluice.port(of: "proxied"))", "--folder", folder])
  }

  @Test
  func `a message larger than the listener takes ends the connection`() async throws {
    let port = try await SharedBroker.current.sluice.port(of: "small")
    try await Script.websocket.run("message_too_large", ["--port", "\(port)"])
  }

  @Test(.enabled(if: WebSocketScenes.browser != nil, "no chromium-headless-shell: run 'make packages'"))
  func `a page in a browser publishes and subscribes over wss`() async throws {
    try await inBrowser("publishes_and_subscribes", listener: "pages")
  }

  @Test(.enabled(if: WebSocketScenes.browser != nil, "no chromium-headless-shell: run 'make packages'"))
  func `a page of an origin that is not in the list is not connected`() async throws {
    try await inBrowser("is_refused", listener: "elsewhere")
    try await SharedBroker.current.sluice.waitForLog(
      "pages of this origin may not connect: '\(try WebSocketScenes.pageOrigin.get())'")
  }

  private func inBrowser(_ scene: String, listener: String) async throws {
    let broker = try SharedBroker.current
    try await Script.browser.run(
      scene,
      [
        "--port", "\(broker.plainPort)", "--secure-port", "\(try await broker.sluice.port(of: listener))",
        "--page-port", "\(try WebSocketScenes.pagePort.get())", "--browser", try #require(WebSocketScenes.browser),
      ])
  }
}
