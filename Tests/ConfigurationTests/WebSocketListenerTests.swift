import Configuration
import Testing

/// Listeners for WebSocket, behind proxies, and for chosen versions of MQTT.
@Suite struct WebSocketListenerTests {
  private static let start = "authentication: {anonymous: true}\nlisteners:\n"
  private static let ws = "  - {name: a, protocol: ws, bind: \"127.0.0.1:1\""

  @Test func `the keys of WebSocket, proxies and versions are read`() throws {
    let scratch = try Scratch([
      "sluice.yaml": Self.start + """
          - name: web
            protocol: wss
            bind: 0.0.0.0:443
            websocket:
              path: /devices
              origins: ["https://a.example", "http://b.example:8080"]
              message_bytes_max: 64 KiB
              head_bytes_max: 16 KiB
            proxy_protocol: {networks: [10.0.0.0/8, "::1"]}
            versions: ["3.1.1", "5"]
            tls: {certificate: c, key: k}
          - {name: local, protocol: ws, bind: "127.0.0.1:1"}
          - {name: open, protocol: ws, bind: "0.0.0.0:80", allow_plaintext: true, websocket: {}}

        """
    ])
    let report = scratch.load()
    #expect(report.errors.isEmpty && report.warnings.isEmpty, "\(report)")
    let listeners = try #require(report.configuration).listeners
    #expect(listeners.map(\.wireProtocol) == [.wss, .ws, .ws])
    #expect(listeners[0].webSocket?.path?.value == "/devices")
    #expect(listeners[0].webSocket?.origins?.map(\.value) == ["https://a.example", "http://b.example:8080"])
    #expect(listeners[0].webSocket?.messageBytesMax == 65_536)
    #expect(listeners[0].webSocket?.headBytesMax == 16_384 && listeners[1].webSocket?.headBytesMax == nil)
    #expect(listeners[0].proxyNetworks?.map(\.value) == ["10.0.0.0/8", "::1"])
    #expect(listeners[0].versions == [.v3_1_1, .v5])
    #expect(listeners[0].tls != nil && listeners[1].tls == nil)
    for listener in listeners.dropFirst() {
      let webSocket = try #require(listener.webSocket)
      #expect(webSocket.path == nil && webSocket.origins == nil && webSocket.messageBytesMax == nil)
      #expect(listener.proxyNetworks == nil)
      #expect(listener.versions == [.v3_1, .v3_1_1, .v5])
    }
  }

  static let wrong: [(text: String, errors: [String])] = [
    (
      "  - {name: a, protocol: ws, bind: \"0.0.0.0:80\"}\n",
      [
        "sluice.yaml:3:35: bind: the protocol ws sends passwords and messages in the clear, and 0.0.0.0:80 can be"
          + " reached from other machines: use wss, bind 127.0.0.1 or [::1], or set allow_plaintext: true"
      ]
    ),
    (ws + ", tls: {}}\n", ["sluice.yaml:3:50: tls: the protocol ws has none: use wss, or remove this section"]),
    (
      "  - {name: a, protocol: wss, bind: \"127.0.0.1:1\"}\n",
      ["sluice.yaml:3:5: missing key \"tls\" in listener (the protocol wss needs it)"]
    ),
    (
      "  - {name: a, protocol: mqtt, bind: \"127.0.0.1:1\", websocket: {}}\n",
      ["sluice.yaml:3:52: websocket: the protocol mqtt has none: use ws, or remove this section"]
    ),
    (
      ws + ", websocket: {pat: /}}\n",
      ["sluice.yaml:3:62: unknown key \"pat\"; did you mean \"path\"?"]
    ),
    (
      ws + ", websocket: {origins: []}}\n",
      [
        "sluice.yaml:3:71: origins: the list is empty: no web page could connect; leave it out to let all connect"
      ]
    ),
    (
      ws + ", websocket: {origins: x}}\n",
      [
        "sluice.yaml:3:71: origins: expected a list, found a text: write [\"...\"], or lines that begin with \"- \""
      ]
    ),
    (ws + ", proxy_protocol: {}}\n", ["sluice.yaml:3:66: missing key \"networks\" in proxy_protocol"]),
    (
      ws + ", proxy_protocol: {networks: []}}\n",
      ["sluice.yaml:3:77: networks: the list is empty: nobody could connect"]
    ),
    (
      ws + ", proxy_protocol: {networks: 10.0.0.0/8}}\n",
      [
        "sluice.yaml:3:77: networks: expected a list, found a text: write [\"...\"], or lines that begin with \"- \""
      ]
    ),
    (ws + ", versions: []}\n", ["sluice.yaml:3:60: versions: the list is empty: no client could connect"]),
    (
      ws + ", versions: [\"4\"]}\n",
      ["sluice.yaml:3:61: versions: \"4\" is not one of 3.1, 3.1.1, 5; did you mean \"5\"?"]
    ),
  ]

  @Test(arguments: wrong) func `what is wrong is explained at its place`(text: String, expected: [String]) throws {
    #expect(try errors(["sluice.yaml": Self.start + text]) == expected)
  }

  @Test func `a choice of ALPN that refuses browsers gives a warning`() throws {
    let text = "  - {name: a, protocol: wss, bind: \"127.0.0.1:1\", tls: {certificate: c, key: k, alpn: [mqtt]}}\n"
    #expect(
      try warnings(["sluice.yaml": Self.start + text]) == [
        "sluice.yaml:3:88: warning: alpn without http/1.1 refuses browsers on a listener for wss"
      ])
  }
}
