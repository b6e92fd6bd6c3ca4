/// One thing that a server serves.
public struct HTTPRoute: Sendable {
  let method: HTTPMethod
  let path: String
  let handler: @Sendable (HTTPRequest) -> HTTPResponse

  /// Serves one method on one path, compared exactly after percent-decoding. The handler runs on the server's thread,
  /// one at a time: it must not block. A GET route answers HEAD too.
  public init(_ method: HTTPMethod, _ path: String, handler: @escaping @Sendable (HTTPRequest) -> HTTPResponse) {
    self.method = method
    self.path = path
    self.handler = handler
  }
}
