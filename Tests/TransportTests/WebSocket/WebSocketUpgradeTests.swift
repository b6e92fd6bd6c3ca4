import Testing

@testable import Transport

@Suite struct WebSocketUpgradeTests {
  private static let fields = [
    "Host: server.example.com", "Upgrade: websocket", "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: mqtt",
  ]

  /// A request with lines replaced (by the field's name), left out, or added.
  private static func request(
    line: String = "GET /mqtt HTTP/1.1", without: String? = nil, _ changes: String...
  ) -> String {
    func name(_ field: String) -> String { field.prefix { $0 != ":" }.lowercased() }
    let replaced = Set(changes.map(name))
    let kept = fields.filter { name($0) != without && !replaced.contains(name($0)) }
    return ([line] + kept + changes).joined(separator: "\r\n") + "\r\n\r\n"
  }

  private static func settings(_ origins: [String]? = nil, path: String = "/mqtt") throws -> WebSocketSettings {
    let allowed = try origins.map { Set(try $0.map { try #require(WebOrigin($0)) }) }
    return try #require(WebSocketSettings(path: path, origins: allowed))
  }

  private static func read(
    _ bytes: [UInt8], cuts: [Int] = [], settings: WebSocketSettings
  ) -> WebSocketUpgradeResult {
    var upgrade = WebSocketUpgrade()
    for end in cuts + [bytes.count] {
      let result = bytes[..<end].withUnsafeBufferPointer { upgrade.receive($0, settings: settings) }
      if result != .incomplete { return result }
    }
    return .incomplete
  }

  private static func read(_ text: String, _ settings: WebSocketSettings? = nil) throws -> WebSocketUpgradeResult {
    read(Array(text.utf8), settings: try settings ?? self.settings())
  }

  private static func status(_ text: String, _ settings: WebSocketSettings? = nil) throws -> Int {
    switch try read(text, settings) {
    case .incomplete: 0
    case .accepted: 101
    case .refused(let refusal): refusal.status.rawValue
    }
  }

  @Test
  func `the request of RFC 6455 is accepted with the answer that the RFC gives`() throws {
    let text = Self.request()
    let response = [
      "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "Sec-WebSocket-Protocol: mqtt", "", "",
    ].joined(separator: "\r\n")
    let expected = WebSocketUpgradeResult.accepted(
      response: Array(response.utf8), subprotocol: .mqtt, usedBytes: text.utf8.count)
    #expect(try Self.read(text) == expected)
    // What follows is for the frames.
    #expect(try Self.read(text + "\u{1}\u{2}") == expected)
  }

  @Test
  func `a request is read the same, cut at each byte or at all of them`() throws {
    let accepted = Array(Self.request("Origin: https://example.com", "Cookie: a=b; c=\u{FC}").utf8)
    let refused = Array(Self.request("Sec-WebSocket-Version: 8").utf8)
    let settings = try Self.settings()
    for bytes in [accepted, refused] {
      let whole = Self.read(bytes, settings: settings)
      #expect(whole != .incomplete)
      #expect(Self.read(bytes, cuts: Array(0..<bytes.count), settings: settings) == whole)
      for cut in 0..<bytes.count {
        #expect(Self.read(bytes, cuts: [cut], settings: settings) == whole)
        #expect(Self.read(Array(bytes[..<cut]), settings: settings) == .incomplete)
      }
    }
  }

  static let allowed: [String] = [
    request("Upgrade: WebSocket"), request("Upgrade: h2c, websocket"), request("upgrade:websocket"),
    request("Connection: keep-alive, Upgrade"), request("CONNECTION:\tupgrade \t"),
    request("Connection: keep-alive", "Connection: upgrade"), request("Sec-WebSocket-Protocol: chat, ,mqtt,"),
    request("Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Protocol: mqtt"), request("Host: [::1]:8080"),
    request("Host: a.example:"), request("Origin: null"), request("Origin: https://anywhere.example"),
    request("X-Any: \u{FC}\t!"), request("X-Empty:"), request("Sec-WebSocket-Extensions: permessage-deflate; a=1"),
    request(line: "GET /mqtt?token=1/2? HTTP/1.1"), request(line: "GET http://h/mqtt HTTP/1.1"),
    request(line: "GET HTTPS://h:1/mqtt?a HTTP/1.1"), request("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAA+=="),
  ]

  @Test(arguments: allowed)
  func `what the RFCs allow is accepted`(text: String) throws {
    #expect(try Self.status(text) == 101)
  }

  static let refused: [(Int, String)] = [
    (405, request(line: "POST /mqtt HTTP/1.1")), (405, request(line: "get /mqtt HTTP/1.1")),
    (405, request(line: "HEAD /mqtt HTTP/1.1")), (400, request(line: "GET /mqtt HTTP/1.0")),
    (400, request(line: "GET /mqtt HTTP/2.0")), (400, request(line: "GET /mqtt http/1.1")),
    (400, request(line: "GET /mqtt HTTP/1.1 ")), (400, request(line: "GET  /mqtt HTTP/1.1")),
    (400, request(line: " GET /mqtt HTTP/1.1")), (400, request(line: "GET\t/mqtt HTTP/1.1")),
    (400, request(line: "GET /mqtt")), (400, request(line: "G(T /mqtt HTTP/1.1")), (400, request(line: "GET")),
    (400, request(line: "")), (400, request(line: "GET /mqtt#a HTTP/1.1")), (400, request(line: "GET mqtt HTTP/1.1")),
    (400, request(line: "GET * HTTP/1.1")), (400, request(line: "GET /m\u{FC} HTTP/1.1")),
    (400, request(line: "GET http:///mqtt HTTP/1.1")), (400, request(line: "GET ftp://h/mqtt HTTP/1.1")),
    (404, request(line: "GET / HTTP/1.1")), (404, request(line: "GET /mqtt/ HTTP/1.1")),
    (404, request(line: "GET /MQTT HTTP/1.1")), (404, request(line: "GET /%6Dqtt HTTP/1.1")),
    (404, request(line: "GET /x/../mqtt HTTP/1.1")), (404, request(line: "GET http://h HTTP/1.1")),
    (404, request(line: "GET /?/mqtt HTTP/1.1")),
    (400, request(without: "host")), (400, request("Host: a", "Host: a")), (400, request("Host:")),
    (400, request("Host: a b")), (400, request("Host: a:x")), (400, request("Host: a:65536")),
    (400, request("Host: [")),
    (400, request("Host: [a]x")), (400, request("Host: a/b")), (400, request("Host: u@a")),
    (426, request(without: "upgrade")), (426, request("Upgrade: h2c")), (426, request("Upgrade: websocket/1")),
    (426, request(without: "connection")), (426, request("Connection: close")), (400, request("Connection: a b")),
    (426, request(without: "sec-websocket-version")), (426, request("Sec-WebSocket-Version: 8")),
    (426, request("Sec-WebSocket-Version: 13, 8")), (426, request("Sec-WebSocket-Version: 013")),
    (400, request("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 13")),
    (400, request(without: "sec-websocket-key")), (400, request("Sec-WebSocket-Key:")),
    (400, request("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=")), (400, request("Sec-WebSocket-Key: dGhlIHNhbXBsZQ==")),
    (400, request("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZWE=")),
    (400, request("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZWFhYQ==")),
    (400, request("Sec-WebSocket-Key: =GhlIHNhbXBsZSBub25jZQ==")),
    (400, request("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25-ZQ==")),
    (400, request("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")),
    (413, request("Content-Length: 5")), (413, request("Content-Length: 010")), (400, request("Content-Length:")),
    (400, request("Content-Length: -0")), (400, request("Content-Length: 0, 0")), (400, request("Content-Length: x")),
    (400, request("Content-Length: 0", "Content-Length: 0")), (413, request("Transfer-Encoding: chunked")),
    (413, request("Content-Length: 0", "Transfer-Encoding: chunked")),
    (400, request(without: "sec-websocket-protocol")), (400, request("Sec-WebSocket-Protocol: chat")),
    (400, request("Sec-WebSocket-Protocol: MQTT")), (400, request("Sec-WebSocket-Protocol: mqtt/1")),
    (400, request("Sec-WebSocket-Protocol: mqtt;q=1")), (400, request("Origin: https://a", "Origin: https://a")),
    (400, request("X-A : b")), (400, request(" X-A: b")), (400, request("X-A: b", "\tc")), (400, request("X-A")),
    (400, request(": b")), (400, request("X\u{FC}: b")), (400, request("X-A: \u{0}")), (400, request("X-A: \u{7F}")),
    (400, request("X-A: a\nX-B: b")), (400, request("X-A: a\rX-B: b")), (400, request("X-A: a\r\r")),
  ]

  @Test(arguments: refused)
  func `everything else is refused with its status`(status: Int, text: String) throws {
    #expect(try Self.status(text) == status)
  }

  @Test
  func `mqtt is chosen before mqttv3.1`() throws {
    for (offer, chosen) in [
      ("mqttv3.1, mqtt", "mqtt"), ("mqttv3.1", "mqttv3.1"), ("x,mqttv3.1,y", "mqttv3.1"), ("mqtt", "mqtt"),
    ] {
      guard
        case .accepted(let response, let subprotocol, _) = try Self.read(
          Self.request("Sec-WebSocket-Protocol: \(offer)"))
      else {
        Issue.record("\(offer) is refused")
        continue
      }
      #expect(subprotocol.rawValue == chosen)
      #expect(String(decoding: response, as: UTF8.self).contains("\r\nSec-WebSocket-Protocol: \(chosen)\r\n"))
    }
  }

  @Test
  func `with a list of origins a page has to be on it, and a client that is no browser does not`() throws {
    let settings = try Self.settings(["https://Example.com", "http://localhost:8080"])
    for origin in ["https://example.com", "HTTPS://EXAMPLE.COM:443", "http://localhost:8080"] {
      #expect(try Self.status(Self.request("Origin: \(origin)"), settings) == 101)
    }
    for origin in [
      "http://example.com", "https://example.com:8443", "https://example.com.evil.example", "https://sub.example.com",
      "https://example.com/", "null", "", "https://example.com https://example.com", "https://evil.example",
      "example.com",
    ] {
      #expect(try Self.status(Self.request("Origin: \(origin)"), settings) == 403)
    }
    #expect(try Self.status(Self.request(), settings) == 101)
    #expect(try Self.status(Self.request("Origin: https://example.com"), Self.settings([])) == 403)
  }

  @Test
  func `the configured path is the only one`() throws {
    #expect(try Self.status(Self.request(line: "GET / HTTP/1.1"), Self.settings(path: "/")) == 101)
    #expect(try Self.status(Self.request(line: "GET http://h?q HTTP/1.1"), Self.settings(path: "/")) == 101)
    #expect(try Self.status(Self.request(), Self.settings(path: "/")) == 404)
    for path in ["", "mqtt", "/a b", "/a?b", "/a#b", "/\u{FC}", "/a\n"] {
      #expect(WebSocketSettings(path: path) == nil)
    }
  }

  @Test
  func `a refusal is a complete HTTP response that repeats nothing of the request`() throws {
    guard
      case .refused(let refusal) = try Self.read(
        Self.request("Origin: https://evil.example/\u{FC}<script>"), Self.settings([]))
    else {
      Issue.record("not refused")
      return
    }
    #expect(refusal.explanation == "pages of this origin may not connect: 'https://evil.example/??<script>'")
    let body = "pages of this origin may not connect\n"
    let expected = [
      "HTTP/1.1 403 Forbidden", "Connection: close", "Content-Type: text/plain",
      "Content-Length: \(body.utf8.count)", "", body,
    ]
    #expect(String(decoding: refusal.response, as: UTF8.self) == expected.joined(separator: "\r\n"))
    for (text, field) in [
      (Self.request("Sec-WebSocket-Version: 8"), "\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"),
      (Self.request(line: "PUT /mqtt HTTP/1.1"), "\r\nAllow: GET\r\n"),
    ] {
      guard case .refused(let refusal) = try Self.read(text) else {
        Issue.record("not refused")
        continue
      }
      #expect(String(decoding: refusal.response, as: UTF8.self).contains(field))
    }
  }

  @Test
  func `what a log line repeats is bounded and leaves out the query`() throws {
    let line = "GET /\(String(repeating: "a", count: 5000))?secret HTTP/1.1"
    guard case .refused(let refusal) = try Self.read(Self.request(line: line)) else {
      Issue.record("not refused")
      return
    }
    #expect(refusal.explanation.utf8.count < 200)
    guard case .refused(let short) = try Self.read(Self.request(line: "GET /x?secret HTTP/1.1")) else {
      Issue.record("not refused")
      return
    }
    #expect(short.explanation.contains("'/x'") && !short.explanation.contains("secret"))
  }

  // MARK: bounds

  @Test(arguments: ["Content-Length: 0", "Content-Length:  0 ", "content-length: 000"])
  func `a body of no bytes is none`(field: String) throws {
    #expect(try Self.status(Self.request(field)) == 101)
  }

  @Test
  func `a head has at most as many bytes as is configured`() throws {
    let settings = try #require(WebSocketSettings(headBytesMax: 2000))
    let padding = 2000 - Self.request("Cookie: ").utf8.count
    for (more, isTaken) in [(0, true), (1, false)] {
      let request = Self.request("Cookie: " + String(repeating: "a", count: padding + more))
      let result = Self.read(Array(request.utf8), settings: settings)
      if case .accepted = result { #expect(isTaken) } else { #expect(!isTaken) }
    }
    #expect(try #require(WebSocketSettings(headBytesMax: 1 << 20)).headBytesMax == 64 << 10)
  }

  @Test
  func `a head has at most 32 KiB and 256 fields`() throws {
    let padding = 32 * 1024 - Self.request("X-A: ").utf8.count
    #expect(try Self.status(Self.request("X-A: " + String(repeating: "a", count: padding))) == 101)
    #expect(try Self.status(Self.request("X-A: " + String(repeating: "a", count: padding + 1))) == 431)
    #expect(try Self.status(String(repeating: "a", count: 32_768)) == 0)
    #expect(try Self.status(String(repeating: "a", count: 32_769)) == 431)
    func request(fields: Int) -> String {
      Self.request().dropLast() + String(repeating: "A: b\r\n", count: fields - Self.fields.count) + "\r\n"
    }
    #expect(try Self.status(request(fields: 256)) == 101)
    #expect(try Self.status(request(fields: 257)) == 431)
    // Before the head has ended.
    #expect(try Self.status(String(request(fields: 257).dropLast())) == 431)
  }

  @Test(arguments: [
    "\u{10}\u{C}\u{0}\u{4}MQTT", "\u{16}\u{3}\u{1}", "\r\n", "GET /mqtt HTTP/1.1\n", "\n", "\ra",
  ])
  func `what is no HTTP is refused before any end of it`(text: String) throws {
    #expect(try Self.status(text) == 400)
  }

  @Test
  func `random bytes and damaged requests are refused or waited for, the same however they are cut`() throws {
    var random = RandomNumbers(seed: 6)
    let settings = try Self.settings(["https://example.com"])
    let valid = Array(Self.request("Origin: https://example.com").utf8)
    var statuses: Set<Int> = []
    for round in 0..<20_000 {
      var bytes = round % 4 == 0 ? random.bytes(Int.random(in: 1...200, using: &random)) : valid
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0...3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.insert([32, 9, 13, 10, 58, 44, 47][place % 7], at: place)
        case 2 where bytes.count > 1: bytes.remove(at: place)
        default: bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &random))
        }
      }
      let whole = Self.read(bytes, settings: settings)
      #expect(Self.read(bytes, cuts: [Int.random(in: 0...bytes.count, using: &random)], settings: settings) == whole)
      if case .refused(let refusal) = whole { statuses.insert(refusal.status.rawValue) }
      if case .accepted = whole { statuses.insert(101) }
    }
    #expect(statuses.isSuperset(of: [101, 400, 403, 404, 405, 426]))
  }
}
