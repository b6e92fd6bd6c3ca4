import CEvent
import EventLoop
import Glibc
import Synchronization
public import TLS

/// The module's main type: a small HTTP/1.1 server for management, with a thread and an event loop of its own.
///
/// It wraps libevent's evhttp and adds what that leaves open: exact routes, a bound on connections, a deadline for
/// every request, and a stop that joins. It serves no files. It is not for heavy traffic: one slow handler delays the
/// others.
///
/// Any thread may use it. It stops when it is stopped or released.
public final class HTTPServer: Sendable {
  /// The port it listens on: the real one when 0 was asked for.
  public let port: UInt16
  private let control: HTTPServerControl
  private let thread: Mutex<pthread_t?>

  /// Binds, and serves from a thread of its own when it returns.
  ///
  /// - Parameters:
  ///   - host: a numeric address, such as `127.0.0.1` or `::1`.
  ///   - port: 0 lets the system choose.
  ///   - routes: what is served; the first one for a method and path counts.
  ///   - tls: with a context it is HTTPS alone, and the context decides about client certificates; without one it is
  ///     plain HTTP.
  /// - Throws: `HTTPServerError` in plain words when the address is not one or cannot be bound, or the system has no
  ///   thread left.
  public init(
    host: String, port: UInt16, routes: [HTTPRoute], tls: TLSContext? = nil,
    limits: HTTPServerLimits = HTTPServerLimits()
  ) throws(HTTPServerError) {
    guard let address = SocketAddress(host: host, port: port) else {
      throw HTTPServerError("cannot serve HTTP on '\(host)': it must be a numeric address, such as 127.0.0.1 or ::1")
    }
    let core: HTTPServerCore
    do throws(EventLoopError) {
      core = try HTTPServerCore(address: address, router: HTTPRouter(routes), tls: tls, limits: limits)
    } catch {
      throw HTTPServerError("HTTP server: \(error.message)")
    }
    self.port = core.port
    control = core.control
    var created = pthread_t()
    let context = Unmanaged.passRetained(core)
    let result = pthread_create(
      &created, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<HTTPServerCore>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard result == 0 else {
      context.release()
      throw HTTPServerError("cannot start a thread for HTTP: the system refused it (error \(result))")
    }
    thread = Mutex(created)
  }

  deinit { stop() }

  /// Uses another context for the connections that come from now on, as after a reload of certificates. Does nothing to
  /// a server that was started without TLS: it stays plain.
  public func replace(tls: TLSContext) {
    if control.tls != nil { control.replace(tls: tls) }
  }

  /// Stops: no new connection, open ones are closed (also in the middle of an answer), and the thread has ended when it
  /// returns. A second call does nothing. Called by a handler it does not wait, since it would wait for itself.
  public func stop() {
    control.stop()
    let joined = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    guard let joined else { return }
    if pthread_equal(joined, pthread_self()) != 0 { pthread_detach(joined) } else { pthread_join(joined, nil) }
  }
}
