import TLS

/// Reads the HTTP/1.1 request with which a client asks for WebSocket, and answers it (RFC 6455 section 4.2).
///
/// A value without I/O, needed only until the answer. It keeps no bytes: the caller puts what was not used in front of
/// what comes next. Each byte is looked at once while they arrive, and the whole head is read when it is there.
struct WebSocketUpgrade: Sendable {
  /// Header fields. Browsers send less than 20; proxies add a few, and those that speak HTTP/2 with the browser may
  /// make a field of each cookie.
  static let fieldsMax = 256

  private var scanned = 0
  private var lineStart = 0
  private var lines = 0

  /// Looks at `bytes`: all that was received since the connection began.
  mutating func receive(
    _ bytes: UnsafeBufferPointer<UInt8>, settings: WebSocketSettings
  ) -> WebSocketUpgradeResult {
    do {
      guard let end = try headEnd(bytes, bytesMax: settings.headBytesMax) else { return .incomplete }
      let (response, subprotocol) = try Self.answer(HTTPRequestHead(Array(bytes[..<end])), settings)
      return .accepted(response: response, subprotocol: subprotocol, usedBytes: end)
    } catch {
      return .refused(error)
    }
  }

  /// Where the head ends, behind its empty line; nil when it has not ended yet. Refuses at once what no HTTP client
  /// sends, such as MQTT or TLS on the wrong port.
  private mutating func headEnd(
    _ bytes: UnsafeBufferPointer<UInt8>, bytesMax: Int
  ) throws(WebSocketRefusal) -> Int? {
    while scanned < bytes.count {
      guard scanned < bytesMax else {
        throw WebSocketRefusal(
          .headerFieldsTooLarge, "the request has more than \(bytesMax) bytes (websocket: head_bytes_max)")
      }
      let byte = bytes[scanned]
      let isAfterCR = scanned > 0 && bytes[scanned - 1] == UInt8(ascii: "\r")
      guard isAfterCR == (byte == UInt8(ascii: "\n")) else {
        throw WebSocketRefusal(.badRequest, "a line does not end in CR LF")
      }
      if byte < 0x20 && byte != UInt8(ascii: "\t") && byte != UInt8(ascii: "\r") && byte != UInt8(ascii: "\n")
        || byte == 0x7F
      {
        throw WebSocketRefusal(.badRequest, "the request has a control character; this listener speaks WebSocket")
      }
      scanned += 1
      if byte == UInt8(ascii: "\n") {
        let isEmpty = scanned - lineStart == 2
        lineStart = scanned
        lines += 1
        if isEmpty { return scanned }
        guard lines - 1 <= Self.fieldsMax else {
          throw WebSocketRefusal(.headerFieldsTooLarge, "the request has more than \(Self.fieldsMax) header fields")
        }
      }
    }
    return nil
  }

  private static func answer(
    _ head: HTTPRequestHead, _ settings: WebSocketSettings
  ) throws(WebSocketRefusal) -> ([UInt8], WebSocketSubprotocol) {
    guard head.method == "GET" else {
      throw WebSocketRefusal(.methodNotAllowed, "the method is not GET", sent: head.method.utf8)
    }
    guard let host = try head.single("host"), HostAndPort(host) != nil else {
      throw WebSocketRefusal(.badRequest, "Host is absent or malformed")
    }
    try checkBody(head)
    guard head.path.elementsEqual(settings.path.utf8) else {
      throw WebSocketRefusal(.notFound, "nothing is served at this path", sent: head.path)
    }
    try checkUpgrade(head)
    try checkOrigin(head, settings)
    guard let key = try head.single("sec-websocket-key"), isKey(key) else {
      throw WebSocketRefusal(.badRequest, "Sec-WebSocket-Key is absent or not the base64 of 16 bytes")
    }
    let subprotocol = try chosenSubprotocol(head)
    let response = """
      HTTP/1.1 101 Switching Protocols\r
      Upgrade: websocket\r
      Connection: Upgrade\r
      Sec-WebSocket-Accept: \(accept(key))\r
      Sec-WebSocket-Protocol: \(subprotocol.rawValue)\r
      \r\n
      """
    return (Array(response.utf8), subprotocol)
  }

  /// There must be none, and none may be declared: where a body ends, everybody on the way must agree. Content-Length
  /// of 0 is none (RFC 9110 section 8.6), and some clients and proxies write it on every request.
  private static func checkBody(_ head: HTTPRequestHead) throws(WebSocketRefusal) {
    if let length = try head.single("content-length") {
      guard !length.isEmpty, length.allSatisfy({ (0x30...0x39).contains($0) }) else {
        throw WebSocketRefusal(.badRequest, "Content-Length is malformed", sent: length)
      }
      guard length.allSatisfy({ $0 == UInt8(ascii: "0") }) else {
        throw WebSocketRefusal(.contentTooLarge, "a request for WebSocket has no body")
      }
    }
    guard !head.has("transfer-encoding") else {
      throw WebSocketRefusal(.contentTooLarge, "a request for WebSocket has no body")
    }
  }

  private static func checkUpgrade(_ head: HTTPRequestHead) throws(WebSocketRefusal) {
    guard try head.tokens("upgrade").contains(where: { $0.lowercased() == "websocket" }) else {
      throw WebSocketRefusal(.upgradeRequired, "only WebSocket is served here: Upgrade does not name websocket")
    }
    guard try head.tokens("connection").contains(where: { $0.lowercased() == "upgrade" }) else {
      throw WebSocketRefusal(.upgradeRequired, "only WebSocket is served here: Connection does not name upgrade")
    }
    let version = try head.single("sec-websocket-version") ?? []
    guard version.elementsEqual("13".utf8) else {
      throw WebSocketRefusal(.upgradeRequired, "Sec-WebSocket-Version is not 13", sent: version)
    }
  }

  private static func checkOrigin(
    _ head: HTTPRequestHead, _ settings: WebSocketSettings
  ) throws(WebSocketRefusal) {
    guard let sent = try head.single("origin"), let origins = settings.origins else { return }
    guard let origin = WebOrigin(String(decoding: sent, as: UTF8.self)), origins.contains(origin) else {
      throw WebSocketRefusal(.forbidden, "pages of this origin may not connect", sent: sent)
    }
  }

  /// The first that we prefer of those that the client offers; there must be one ([MQTT-6.0.0-3], [MQTT-6.0.0-4]).
  private static func chosenSubprotocol(_ head: HTTPRequestHead) throws(WebSocketRefusal) -> WebSocketSubprotocol {
    let offered = try head.tokens("sec-websocket-protocol")
    guard let chosen = WebSocketSubprotocol.allCases.first(where: { offered.contains($0.rawValue) }) else {
      throw WebSocketRefusal(
        .badRequest, "Sec-WebSocket-Protocol offers neither mqtt nor mqttv3.1",
        sent: offered.joined(separator: ", ").utf8)
    }
    return chosen
  }

  /// Whether it is the base64 of 16 bytes: 22 characters and two of padding (RFC 4648 section 4).
  private static func isKey(_ key: ArraySlice<UInt8>) -> Bool {
    key.count == 24 && key.suffix(2).elementsEqual("==".utf8) && key.prefix(22).allSatisfy(base64.contains)
  }

  /// Shows that this server understood (RFC 6455 section 4.2.2, item 5.4).
  private static func accept(_ key: ArraySlice<UInt8>) -> String {
    let digest = Digest.sha1([UInt8](key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: digest.count, by: 3) {
      let group = digest[start..<min(start + 3, digest.count)]
      let bits = (group + [0, 0]).prefix(3).reduce(0) { $0 << 8 | Int($1) }
      for place in 0...group.count { text.append(base64[bits >> (18 - 6 * place) & 63]) }
    }
    text.append(contentsOf: repeatElement(UInt8(ascii: "="), count: (3 - digest.count % 3) % 3))
    return String(decoding: text, as: UTF8.self)
  }

  private static let base64 = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}
