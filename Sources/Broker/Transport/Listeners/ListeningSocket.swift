import EventLoop
import Glibc

/// One shard's listening socket of one listener. Every shard has its own on the same address (`SO_REUSEPORT`): the kernel spreads
/// connections, and none hops between loops.
struct ListeningSocket {
  /// Room for a burst of connects; the kernel bounds it by net.core.somaxconn.
  private static let backlog: Int32 = 4096
  let descriptor: Int32
  let address: SocketAddress

  /// Binds and listens. With `sharesPort` false the port must be free of any other process's listener too.
  init(_ settings: ListenerSettings, on address: SocketAddress) throws(ListenerError) {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(address.family, type, 0)
    guard descriptor >= 0 else { throw Self.error(settings, address, "open a socket for") }
    var one: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, size)
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &one, size)
    if address.family == AF_INET6 { setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &one, size) }
    guard address.withSocketAddress({ bind(descriptor, $0, $1) }) == 0, listen(descriptor, Self.backlog) == 0 else {
      let error = Self.error(settings, address, "listen on")
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
    self.address = SocketAddress(boundBy: descriptor) ?? address
  }

  /// SO_REUSEPORT would let a second broker of the same user share the port without a word: it is tried without first.
  static func checkFree(_ settings: ListenerSettings) throws(ListenerError) {
    guard settings.address.port != 0 else { return }
    let descriptor = socket(settings.address.family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw error(settings, settings.address, "open a socket for") }
    defer { close(descriptor) }
    var one: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    if settings.address.family == AF_INET6 {
      setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &one, socklen_t(MemoryLayout<Int32>.size))
    }
    guard settings.address.withSocketAddress({ bind(descriptor, $0, $1) }) == 0 else {
      throw error(settings, settings.address, "listen on")
    }
  }

  private static func error(_ settings: ListenerSettings, _ address: SocketAddress, _ what: String) -> ListenerError {
    let code = errno
    let hint =
      switch code {
      case EADDRINUSE: "another process listens there: stop it, or choose another port"
      case EADDRNOTAVAIL: "this machine has no such address"
      case EACCES: "ports below 1024 need a privilege (CAP_NET_BIND_SERVICE): choose another port, or grant it"
      default: "check the address"
      }
    return ListenerError(
      description: "listener \"\(settings.name)\": can't \(what) \(address): \(String(cString: strerror(code))); \(hint)")
  }
}
