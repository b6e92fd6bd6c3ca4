/// Finds the route of a request and answers what has none. A value without I/O.
struct HTTPRouter: Sendable {
  private let routes: [String: [HTTPRoute]]

  init(_ routes: [HTTPRoute]) { self.routes = Dictionary(grouping: routes, by: \.path) }

  /// 404 for a path that no route has; 405 with Allow for a method that none of the path's routes has (RFC 9110 section
  /// 15.5.6).
  func respond(to request: HTTPRequest) -> HTTPResponse {
    guard let candidates = routes[request.path] else { return .text("nothing is served here", status: 404) }
    let method = request.method == .head ? HTTPMethod.get : request.method
    if let route = candidates.first(where: { $0.method == request.method })
      ?? candidates.first(where: { $0.method == method })
    {
      return route.handler(request)
    }
    var allowed = Set(candidates.map(\.method.rawValue))
    if allowed.contains("GET") { allowed.insert("HEAD") }
    let list = allowed.sorted().joined(separator: ", ")
    return .text("this path takes \(list)", status: 405, headers: [("Allow", list)])
  }
}
