@testable import Transport

/// The request with which a client asks for WebSocket: however it is cut it gets the same answer, and an answer is
/// always whole and never the client's own words.
enum FuzzTarget {
  private static let anyone = WebSocketSettings()
  private static let pages = WebSocketSettings(
    path: "/", origins: Set(["https://example.com", "http://[::1]:8080"].compactMap(WebOrigin.init)))

  static func run(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let first = bytes.first, let settings = first & 1 == 0 ? anyone : pages else { return }
    let request = Array(bytes.dropFirst())
    let whole = answer(request, settings, pieceBytes: max(request.count, 1))
    check(answer(request, settings, pieceBytes: 1 + Int(first >> 1)) == whole, "cut into reads it gets another answer")
    switch whole {
    case .incomplete: check(request.count <= settings.headBytesMax, "it waits for more than the bound")
    case .accepted(let response, let subprotocol, let usedBytes):
      check(usedBytes <= request.count && usedBytes <= settings.headBytesMax, "\(usedBytes) bytes used")
      check(request[..<usedBytes].suffix(4).elementsEqual("\r\n\r\n".utf8), "it goes on behind the empty line")
      checkResponse(response, "HTTP/1.1 101 ")
      let text = String(decoding: response, as: UTF8.self)
      check(text.contains("\r\nSec-WebSocket-Protocol: \(subprotocol.rawValue)\r\n"), "the subprotocol is not told")
      check(text.hasSuffix("\r\n\r\n"), "a body behind 101")
    case .refused(let refusal):
      checkResponse(refusal.response, "HTTP/1.1 \(refusal.status.rawValue) ")
      check(
        refusal.explanation.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "the log would have \(refusal.explanation)")
      check(refusal.explanation.utf8.count < 250, "the log would have a long line")
    }
  }

  private static func answer(
    _ request: [UInt8], _ settings: WebSocketSettings, pieceBytes: Int
  ) -> WebSocketUpgradeResult {
    var upgrade = WebSocketUpgrade()
    var count = 0
    while count < request.count {
      count = min(count + pieceBytes, request.count)
      let received = Array(request[..<count])
      let result = received.withUnsafeBufferPointer { upgrade.receive($0, settings: settings) }
      if result != .incomplete { return result }
    }
    return .incomplete
  }

  /// One head of lines that end in CR LF, and nothing in it that a client could have put there.
  private static func checkResponse(_ response: [UInt8], _ start: String) {
    let text = String(decoding: response, as: UTF8.self)
    check(text.hasPrefix(start) && text.contains("\r\n\r\n"), "no HTTP response: \(text)")
    check(response.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x0D || $0 == 0x0A }, "no text: \(text)")
    check(response.count < 600, "a long response")
  }
}
