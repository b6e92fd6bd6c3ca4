import CEvent
import EventLoop
import Glibc
import TLS

/// The server's side of one thread: the library's server, its listener and the connections. Made by the thread that
/// starts the server, then confined to the server's own.
final class HTTPServerCore {
  let port: UInt16
  let control: HTTPServerControl
  private let loop: EventLoop
  private let socket: ListeningSocket
  private let router: HTTPRouter
  private let limits: HTTPServerLimits
  /// The library's server; nil once it is freed.
  private var server: OpaquePointer?
  /// Belongs to `server`, which frees it.
  private var listener: OpaquePointer?
  private var connections: [HTTPConnection] = []
  private var sweepTimer: Timer?
  private var isPaused = false

  init(
    address: SocketAddress, router: HTTPRouter, tls: TLSContext?, limits: HTTPServerLimits
  ) throws(EventLoopError) {
    socket = try ListeningSocket(address: address)
    port = socket.address.port
    loop = try EventLoop()
    control = try HTTPServerControl(loop: loop, tls: tls)
    self.router = router
    self.limits = limits
    guard let server = evhttp_new(loop.base) else { fatalError("out of memory for an HTTP server") }
    self.server = server
    evhttp_set_max_headers_size(server, limits.headerBytesMax)
    evhttp_set_max_body_size(server, limits.bodyBytesMax)
    evhttp_set_allowed_methods(server, HTTPMethod.libraryMask)
    let context = Unmanaged.passUnretained(self).toOpaque()
    evhttp_set_bevcb(
      server,
      { _, context in
        guard let context else { return nil }
        return Unmanaged<HTTPServerCore>.fromOpaque(context).takeUnretainedValue().makeConnection()
      }, context)
    evhttp_set_gencb(
      server,
      { request, context in
        guard let request, let context else { return }
        Unmanaged<HTTPServerCore>.fromOpaque(context).takeUnretainedValue().handle(request)
      }, context)
    listen(with: server, context)
    sweepTimer = Timer(loop: loop, repeating: true) { [unowned self] in tick() }
  }

  deinit { close() }

  /// The thread's body: serves until it is told to stop.
  func run() {
    var signals = sigset_t()
    // Signals are for the program's main loop; and a write to a connection that is gone must not end the process
    // (SIGPIPE).
    sigfillset(&signals)
    for fault in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP] { sigdelset(&signals, fault) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    while !control.isStopping, loop.runOnce(waiting: true) { releaseEnded() }
    close()
  }

  private func listen(with server: OpaquePointer, _ context: UnsafeMutableRawPointer) {
    // The socket stays ours to close, and listens already (backlog 0).
    guard let listener = evconnlistener_new(loop.base, nil, nil, LEV_OPT_CLOSE_ON_EXEC, 0, socket.descriptor),
      evhttp_bind_listener(server, listener) != nil
    else { fatalError("out of memory for an HTTP server") }
    self.listener = listener
    evconnlistener_set_error_cb(listener) { _, context in
      // Accepting failed, as when descriptors have run out: without a pause the loop would spin.
      guard let context else { return }
      Unmanaged<HTTPServerCore>.fromOpaque(context).takeUnretainedValue().pause()
    }
  }

  /// Called by the library for each connection that it has accepted.
  private func makeConnection() -> OpaquePointer? {
    guard let stream = makeStream() else { fatalError("out of memory for an HTTP connection") }
    connections.append(HTTPConnection(stream: stream, nowMilliseconds: loop.nowMilliseconds()))
    if connections.count == 1 { sweepTimer?.start(milliseconds: HTTPServerCore.sweepMilliseconds) }
    if connections.count >= limits.connectionsMax { pause() }
    return stream
  }

  private func makeStream() -> OpaquePointer? {
    let options = Int32(BEV_OPT_CLOSE_ON_FREE.rawValue)
    guard let tls = control.tls else { return bufferevent_socket_new(loop.base, -1, options) }
    guard let session = SSL_new(tls.opaqueHandle) else { return nil }
    let stream = bufferevent_openssl_socket_new(loop.base, -1, session, BUFFEREVENT_SSL_ACCEPTING, options)
    // A client that ends without close_notify has sent its whole request: lengths say where it ends.
    bufferevent_openssl_set_allow_dirty_shutdown(stream, 1)
    return stream
  }

  private func pause() {
    isPaused = true
    if let listener { evconnlistener_disable(listener) }
    sweepTimer?.start(milliseconds: HTTPServerCore.sweepMilliseconds)
  }

  private func resume() {
    isPaused = false
    if let listener { evconnlistener_enable(listener) }
  }

  /// Lets go of the connections that the library is done with; at most `connectionsMax` are looked at.
  private func releaseEnded() {
    let before = connections.count
    connections.removeAll { $0.releaseIfEnded() }
    if connections.count < before, isPaused, connections.count < limits.connectionsMax { resume() }
  }

  /// Each second while there are connections, or accepting is paused.
  private func tick() {
    let isFull = connections.count >= limits.connectionsMax
    let seconds = isFull ? min(limits.requestSecondsMax, limits.requestSecondsMaxWhenFull) : limits.requestSecondsMax
    let latest = loop.nowMilliseconds() - Int64(seconds) * 1000
    for connection in connections where connection.activeMilliseconds < latest { connection.shutDown() }
    if isPaused, connections.count < limits.connectionsMax { resume() }
    if connections.isEmpty, !isPaused { sweepTimer?.stop() }
  }

  private func handle(_ request: OpaquePointer) {
    if let stream = evhttp_connection_get_bufferevent(evhttp_request_get_connection(request)),
      let index = connections.firstIndex(where: { $0.stream == stream })
    {
      connections[index].activeMilliseconds = loop.nowMilliseconds()
    }
    guard let value = HTTPRequest(library: request) else {
      HTTPResponse.text("this request's target cannot be read", status: 400).send(to: request, isHead: false)
      return
    }
    router.respond(to: value).send(to: request, isHead: value.method == .head)
  }

  private func close() {
    guard let server else { return }
    self.server = nil
    listener = nil
    sweepTimer = nil
    evhttp_free(server)
    releaseEnded()
    // The library frees what was released in the loop's next round; it has nothing to wait for.
    _ = loop.runOnce(waiting: false)
  }

  /// How exact deadlines are, and how long accepting pauses when descriptors have run out.
  private static let sweepMilliseconds: Int64 = 1000
}
