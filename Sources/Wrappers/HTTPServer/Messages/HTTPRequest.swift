/// A complete request. A plain value: nothing of it points into the server.
public struct HTTPRequest: Sendable {
  /// The method.
  public var method: HTTPMethod
  /// The path with percent-encoding undone; valid UTF-8 without NUL, and always beginning with `/`.
  public var path: String
  /// The query's names and values in order, with percent-encoding undone.
  public var query: [(name: String, value: String)]
  /// The headers in order, as sent.
  public var headers: [(name: String, value: String)]
  /// The body, whole; empty without one.
  public var body: [UInt8]
  /// The numeric address of the other side.
  public var remoteHost: String

  /// Puts a request together, as the server does; for tests of handlers.
  public init(
    method: HTTPMethod, path: String, query: [(name: String, value: String)] = [],
    headers: [(name: String, value: String)] = [], body: [UInt8] = [], remoteHost: String = "127.0.0.1"
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.remoteHost = remoteHost
  }

  /// The first header of a name, in any case of letters; nil without one.
  public func header(_ name: String) -> String? {
    let wanted = name.lowercased()
    return headers.first { $0.name.lowercased() == wanted }?.value
  }

  /// Whether the Accept header names this media type outright (RFC 9110 section 12.5.1). Weights and wildcards are not
  /// looked at: use it for an alternative to a default that everyone takes.
  public func accepts(_ mediaType: String) -> Bool {
    let offers = headers.filter { $0.name.lowercased() == "accept" }.flatMap { $0.value.split(separator: ",") }
    return offers.contains { offer in
      let type = offer.prefix { $0 != ";" }.drop { $0 == " " || $0 == "\t" }
      return type.prefix { $0 != " " && $0 != "\t" }.lowercased() == mediaType
    }
  }
}
