import Glibc
import HTTPServer
import Synchronization
import Testing

@Suite struct HTTPServerLifeTests {
  let hello = HTTPRoute(.get, "/hello") { _ in .text("hello") }

  @Test func `a port in use is an error that names it`() throws {
    let first = try HTTPServer(host: "127.0.0.1", port: 0, routes: [hello])
    let error = #expect(throws: HTTPServerError.self) {
      try HTTPServer(host: "127.0.0.1", port: first.port, routes: [])
    }
    #expect(error?.message.contains("127.0.0.1:\(first.port)") == true)
    #expect(try ask(first.port, "GET /hello").status == 200, "the first one is untouched")
  }

  @Test func `a host that is a name is an error that says what to write`() {
    let error = #expect(throws: HTTPServerError.self) { try HTTPServer(host: "localhost", port: 0, routes: []) }
    #expect(error?.message.contains("numeric") == true)
  }

  @Test func `a stop closes open connections and frees the port`() throws {
    let server = try HTTPServer(host: "127.0.0.1", port: 0, routes: [hello])
    let idle = try RawClient(port: server.port)
    idle.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
    _ = try idle.read(until: "hello\n")
    server.stop()
    server.stop()
    #expect(try idle.read().isEmpty)
    let again = try HTTPServer(host: "127.0.0.1", port: server.port, routes: [hello])
    #expect(try ask(again.port, "GET /hello").status == 200)
  }

  @Test func `a handler may stop its own server`() throws {
    let box = Box()
    let server = try HTTPServer(
      host: "127.0.0.1", port: 0,
      routes: [
        HTTPRoute(.post, "/stop") { _ in
          box.server.withLock { $0 }?.stop()
          return .text("stopping")
        }
      ])
    box.server.withLock { $0 = server }
    let client = try RawClient(port: server.port)
    client.send("POST /stop HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
    _ = try client.read()
    box.server.withLock { $0 = nil }
  }

  @Test func `a client that does not complete a request is cut off, however slowly it goes on`() throws {
    var limits = HTTPServerLimits()
    limits.requestSecondsMax = 1
    let server = try HTTPServer(host: "127.0.0.1", port: 0, routes: [hello], limits: limits)
    let silent = try RawClient(port: server.port)
    let slow = try RawClient(port: server.port)
    slow.send("GET /hello HTTP/1.1\r\n")
    let stop = Flag()
    let trickle = try OtherThread { [slow = Shared(slow)] in
      while !stop.isSet.load(ordering: .relaxed) {
        slow.value.send("X: y\r\n")
        usleep(50_000)
      }
    }
    #expect(try silent.read().isEmpty)
    #expect(try slow.read().isEmpty)
    stop.isSet.store(true, ordering: .relaxed)
    trickle.join()
    #expect(try ask(server.port, "GET /hello").status == 200)
  }

  @Test func `connections over the limit wait until one ends`() throws {
    var limits = HTTPServerLimits()
    limits.connectionsMax = 2
    limits.requestSecondsMaxWhenFull = 3600
    let server = try HTTPServer(host: "127.0.0.1", port: 0, routes: [hello], limits: limits)
    var first: [RawClient] = try (0..<2).map { _ in try RawClient(port: server.port) }
    for client in first {
      client.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(try client.read(until: "hello\n").isEmpty == false)
    }
    let waiting = try RawClient(port: server.port, deadlineSeconds: 1)
    waiting.send("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    #expect(throws: SystemError.self, "no answer while both places are taken") { try waiting.read() }
    first.removeFirst()
    #expect(Answer(try waiting.read()).status == 200)
  }

  @Test func `connections that ask nothing soon make room when all places are taken`() throws {
    var limits = HTTPServerLimits()
    limits.connectionsMax = 4
    limits.requestSecondsMax = 3600
    limits.requestSecondsMaxWhenFull = 1
    let server = try HTTPServer(host: "127.0.0.1", port: 0, routes: [hello], limits: limits)
    let silent = try (0..<10).map { _ in try RawClient(port: server.port, deadlineSeconds: 60) }
    for client in silent { client.send("GET /hello HTTP/1.1\r\nX") }
    let waiting = try RawClient(port: server.port, deadlineSeconds: 60)
    waiting.send("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    #expect(Answer(try waiting.read()).status == 200)
  }

  @Test func `the place of a connection that has ended is free again`() throws {
    var limits = HTTPServerLimits()
    limits.connectionsMax = 4
    let server = try HTTPServer(host: "127.0.0.1", port: 0, routes: [hello], limits: limits)
    for _ in 0..<200 { #expect(try ask(server.port, "GET /hello").status == 200) }
  }
}

private final class Box: Sendable { let server = Mutex<HTTPServer?>(nil) }
private final class Flag: Sendable { let isSet = Atomic<Bool>(false) }
