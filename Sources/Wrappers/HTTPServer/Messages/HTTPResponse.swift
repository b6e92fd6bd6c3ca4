/// A complete answer.
public struct HTTPResponse: Sendable {
  /// The status code, 200 to 599.
  public var status: Int
  /// The media type of the body.
  public var contentType: String
  /// The body. Its length is sent; for HEAD the length alone.
  public var body: [UInt8]
  /// More headers. A value with a line break is left out by the server, so that none can be injected.
  public var headers: [(name: String, value: String)]

  /// Puts an answer together.
  public init(
    status: Int = 200, contentType: String, body: [UInt8], headers: [(name: String, value: String)] = []
  ) {
    self.status = status
    self.contentType = contentType
    self.body = body
    self.headers = headers
  }

  /// An answer in plain text, UTF-8, with a line end.
  public static func text(
    _ text: String, status: Int = 200, headers: [(name: String, value: String)] = []
  ) -> HTTPResponse {
    HTTPResponse(
      status: status, contentType: "text/plain; charset=utf-8", body: Array("\(text)\n".utf8), headers: headers)
  }
}
