import HTTPServer
import Synchronization
import Testing

@Suite struct HTTPServerTests {
  let server: HTTPServer

  init() throws {
    server = try HTTPServer(
      host: "127.0.0.1", port: 0,
      routes: [
        HTTPRoute(.get, "/hello") { _ in .text("hello") },
        HTTPRoute(.post, "/echo") { HTTPResponse(contentType: "application/octet-stream", body: $0.body) },
        HTTPRoute(.get, "/facts/ü x") { request in
          let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "|")
          return .text(
            "\(request.remoteHost);\(request.header("x-a") ?? "-");\(query);\(request.accepts("application/json"))")
        },
        HTTPRoute(.get, "/inject") { _ in .text("x", headers: [("X-Bad", "a\r\nX-Injected: 1"), ("X-Good", "1")]) },
        HTTPRoute(.get, "/big") { _ in
          HTTPResponse(contentType: "text/plain", body: [UInt8](repeating: 120, count: 4_000_000))
        },
      ])
  }

  @Test func `a route answers with status, type, length and body`() throws {
    let answer = try ask(server.port, "GET /hello")
    #expect(answer.status == 200)
    #expect(answer.body == "hello\n")
    #expect(answer.has("Content-Type: text/plain; charset=utf-8"))
    #expect(answer.has("Content-Length: 6"))
    #expect(answer.has("Cache-Control: no-store"))
  }

  @Test func `HEAD has the headers of GET and no body`() throws {
    let answer = try ask(server.port, "HEAD /hello")
    #expect(answer.status == 200)
    #expect(answer.has("Content-Length: 6"))
    #expect(answer.body.isEmpty)
  }

  @Test func `a body is handed over whole`() throws {
    let body = String(repeating: "0123456789abcdef", count: 4096)
    let answer = try ask(server.port, "POST /echo", headers: "Content-Length: \(body.utf8.count)\r\n", body: body)
    #expect(answer.status == 200)
    #expect(answer.body == body)
    let chunked = try ask(
      server.port, "POST /echo", headers: "Transfer-Encoding: chunked\r\n", body: "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    #expect(chunked.body == "abcde")
  }

  @Test func `path and query are decoded, headers found in any case`() throws {
    let answer = try ask(
      server.port, "GET /facts/%C3%BC%20x?a=1+2&b=%26%3D&c",
      headers: "X-A: v\r\nAccept: text/html, Application/JSON;q=0.5\r\n")
    #expect(answer.status == 200)
    #expect(answer.body == "127.0.0.1;v;a=1 2|b=&=|c=;true\n")
  }

  @Test(arguments: ["/", "/nothing", "/hello/", "/../hello", "/%2e%2e/etc/passwd", "/HELLO"])
  func `a path without a route is 404`(path: String) throws {
    #expect(try ask(server.port, "GET \(path)").status == 404)
  }

  @Test(arguments: ["/a%00b", "/%zz", "/%", "/%4", "/%ff%fe", "/hello?x=%0", "//hello", "hello"])
  func `a target that cannot be decoded is 400`(path: String) throws {
    #expect(try ask(server.port, "GET \(path)").status == 400)
  }

  @Test func `a method that the path lacks is 405 and says which it has`() throws {
    let answer = try ask(server.port, "DELETE /hello")
    #expect(answer.status == 405)
    #expect(answer.has("Allow: GET, HEAD"))
    #expect(try ask(server.port, "GET /echo").status == 405)
  }

  @Test(arguments: ["TRACE /hello", "BREW /hello"])
  func `a method that no route can have is 501`(line: String) throws {
    #expect(try ask(server.port, line).status == 501)
  }

  @Test func `a body over the limit is 413, declared or sent in chunks`() throws {
    let declared = try ask(server.port, "POST /echo", headers: "Content-Length: 65537\r\n", body: "x")
    #expect(declared.status == 413)
    let chunk = "10000\r\n" + String(repeating: "x", count: 65536) + "\r\n"
    let chunked = try ask(server.port, "POST /echo", headers: "Transfer-Encoding: chunked\r\n", body: chunk + chunk)
    #expect(chunked.status == 413 || chunked.status == 0, "refused, or cut off")
    #expect(try ask(server.port, "GET /hello").status == 200)
  }

  @Test func `headers over the limit are refused`() throws {
    let answer = try ask(server.port, "GET /hello", headers: "X: \(String(repeating: "x", count: 9000))\r\n")
    #expect(answer.status == 400)
    let line = try ask(server.port, "GET /\(String(repeating: "x", count: 9000))")
    #expect(line.status == 400)
  }

  @Test func `a header value with a line break is left out`() throws {
    let answer = try ask(server.port, "GET /inject")
    #expect(answer.status == 200)
    #expect(answer.has("X-Good: 1"))
    #expect(!answer.head.contains("X-Injected"))
  }

  @Test func `one connection takes several requests, also when they come at once`() throws {
    let client = try RawClient(port: server.port)
    let request = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
    client.send(request)
    #expect(Answer(try client.read(until: "hello\n")).status == 200)
    client.send(request + request + "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    #expect(try client.read().split(separator: "hello\n").count == 3)
  }

  @Test func `a large answer arrives whole`() throws {
    #expect(try ask(server.port, "GET /big").body.utf8.count == 4_000_000)
  }

  @Test(arguments: [
    "", "\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{0}\u{1}\u{2}",
    "GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
    "GET / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
    "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", "GET / HTTP/1.1\r\n: x\r\n\r\n",
    "GET / HTTP/1.1\r\nX\r\n\r\n",
    "GET http://[::1/ HTTP/1.1\r\n\r\n", "GET * HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}",
    "OPTIONS * HTTP/1.1\r\n\r\n", "GET hello HTTP/1.1\r\n\r\n", "GET  HTTP/1.1\r\n\r\n",
  ])
  func `bytes that are no request leave the server as it was`(bytes: String) throws {
    let client = try RawClient(port: server.port)
    client.send(bytes)
    #expect(try ask(server.port, "GET /hello").status == 200)
  }

  @Test func `a client that leaves in the middle of a large answer does no harm`() throws {
    for _ in 0..<5 {
      let client = try RawClient(port: server.port)
      client.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try client.readSome()
    }
    #expect(try ask(server.port, "GET /hello").status == 200)
  }
}
