import CEvent
import Glibc

extension HTTPMethod {
  private static let library: [(HTTPMethod, evhttp_cmd_type)] = [
    (.get, EVHTTP_REQ_GET), (.head, EVHTTP_REQ_HEAD), (.post, EVHTTP_REQ_POST), (.put, EVHTTP_REQ_PUT),
    (.patch, EVHTTP_REQ_PATCH), (.delete, EVHTTP_REQ_DELETE), (.options, EVHTTP_REQ_OPTIONS),
  ]

  /// The methods that the library lets through; it answers the others 501.
  static var libraryMask: UInt16 { library.reduce(0) { $0 | UInt16($1.1.rawValue) } }

  init?(library command: evhttp_cmd_type) {
    guard let match = HTTPMethod.library.first(where: { $0.1 == command }) else { return nil }
    self = match.0
  }
}

extension HTTPRequest {
  /// Copies what the library has parsed; nil when its target is not a path.
  init?(library request: OpaquePointer) {
    guard let method = HTTPMethod(library: evhttp_request_get_command(request)),
      let uri = evhttp_request_get_evhttp_uri(request), let path = evhttp_uri_get_path(uri),
      let target = HTTPTarget(
        path: String(cString: path), query: evhttp_uri_get_query(uri).map { String(cString: $0) } ?? "")
    else { return nil }
    var headers: [(name: String, value: String)] = []
    var next = evhttp_request_get_input_headers(request)?.pointee.tqh_first
    while let entry = next?.pointee {
      if let key = entry.key, let value = entry.value { headers.append((String(cString: key), String(cString: value))) }
      next = entry.next.tqe_next
    }
    var body: [UInt8] = []
    if let buffer = evhttp_request_get_input_buffer(request), evbuffer_get_length(buffer) > 0 {
      body = [UInt8](unsafeUninitializedCapacity: evbuffer_get_length(buffer)) { bytes, count in
        count = max(0, Int(evbuffer_remove(buffer, bytes.baseAddress, bytes.count)))
      }
    }
    var host: UnsafeMutablePointer<CChar>?
    var port: UInt16 = 0
    evhttp_connection_get_peer(evhttp_request_get_connection(request), &host, &port)
    self.init(
      method: method, path: target.path, query: target.query, headers: headers, body: body,
      remoteHost: host.map { String(cString: $0) } ?? "")
  }
}

extension HTTPResponse {
  /// Hands the answer to the library, which writes it and frees the request.
  func send(to request: OpaquePointer, isHead: Bool) {
    let output = evhttp_request_get_output_headers(request)
    let fixed = [
      ("Content-Type", contentType), ("Content-Length", String(body.count)), ("Cache-Control", "no-store"),
      ("X-Content-Type-Options", "nosniff"),
    ]
    // Adding refuses values with line breaks.
    for (name, value) in fixed { evhttp_add_header(output, name, value) }
    for (name, value) in headers { evhttp_add_header(output, name, value) }
    if !isHead, !body.isEmpty { evbuffer_add(evhttp_request_get_output_buffer(request), body, body.count) }
    evhttp_send_reply(request, Int32(status), nil, nil)
  }
}
