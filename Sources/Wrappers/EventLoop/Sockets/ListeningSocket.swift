import CEvent
import Glibc

/// A bound, listening, non-blocking TCP socket; it is closed when it is released.
///
/// Watch its descriptor with `SocketEvents`, and detach that first. Any thread may use it.
public final class ListeningSocket: Sendable {
  /// The descriptor, which stays this object's.
  public let descriptor: Int32
  /// Where it listens, with the real port when 0 was asked for.
  public let address: SocketAddress

  /// How many connections the kernel keeps for a program that has not accepted them yet (it cuts it to
  /// net.core.somaxconn).
  public static let backlogDefault: Int32 = 4096

  /// Listens on one address alone.
  ///
  /// Throws, with the address, when it cannot be bound: in use, not of this machine, or without the right to.
  /// An IPv6 address takes IPv6 only, so that `0.0.0.0` and `::` can both be listened on.
  public convenience init(
    address: SocketAddress, backlog: Int32 = ListeningSocket.backlogDefault
  ) throws(EventLoopError) {
    try self.init(address: address, sharesPort: false, backlog: backlog)
  }

  /// Listens `count` times on one address, one socket for each loop: the kernel spreads connections over them
  /// (SO_REUSEPORT).
  ///
  /// Such a port could be shared with another process of the same user unnoticed; so it is tried alone first, and a
  /// port in use is an error here too. With port 0 all get the one that the system chose.
  public static func group(
    address: SocketAddress, count: Int, backlog: Int32 = ListeningSocket.backlogDefault
  ) throws(EventLoopError) -> [ListeningSocket] {
    let bound = try ListeningSocket(address: address, sharesPort: false, backlog: nil).address
    var sockets: [ListeningSocket] = []
    for _ in 0..<count {
      sockets.append(try ListeningSocket(address: bound, sharesPort: true, backlog: backlog))
    }
    return sockets
  }

  /// Without a backlog it is bound and does not listen.
  private init(address: SocketAddress, sharesPort: Bool, backlog: Int32?) throws(EventLoopError) {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    descriptor = socket(address.isIPv6 ? AF_INET6 : AF_INET, type, 0)
    guard descriptor >= 0 else { throw EventLoopError("cannot listen on \(address): \(systemMessage(errno))") }
    do throws(EventLoopError) {
      // A restart need not wait for old connections in TIME_WAIT.
      try ListeningSocket.set(SO_REUSEADDR, level: SOL_SOCKET, of: descriptor, at: address)
      if sharesPort { try ListeningSocket.set(SO_REUSEPORT, level: SOL_SOCKET, of: descriptor, at: address) }
      if address.isIPv6 {
        try ListeningSocket.set(IPV6_V6ONLY, level: Int32(IPPROTO_IPV6), of: descriptor, at: address)
      }
      let descriptor = descriptor
      guard address.withStorage({ cevent_bind(descriptor, &$0, $1) }) == 0 else {
        throw ListeningSocket.refusal(errno, of: address)
      }
      if let backlog, listen(descriptor, backlog) != 0 { throw ListeningSocket.refusal(errno, of: address) }
      self.address = try ListeningSocket.boundAddress(of: descriptor, asked: address)
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit { close(descriptor) }

  /// Takes one waiting connection, without waiting. Its descriptor is non-blocking, closed on exec, and the caller's to
  /// close.
  public func accept() -> AcceptedConnection {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let connection = cevent_accept(descriptor, &storage, &length)
    if connection >= 0 {
      guard let peer = SocketAddress(storage) else {
        close(connection)
        return .aborted
      }
      return .connection(descriptor: connection, peer: peer)
    }
    switch errno {
    case EAGAIN: return .nothingWaiting
    case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
    default: return .aborted
    }
  }
}

extension ListeningSocket {
  private static func set(
    _ option: Int32, level: Int32, of descriptor: Int32, at address: SocketAddress
  ) throws(EventLoopError) {
    var one: Int32 = 1
    guard setsockopt(descriptor, level, option, &one, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
      throw EventLoopError("cannot listen on \(address): \(systemMessage(errno))")
    }
  }

  private static func boundAddress(
    of descriptor: Int32, asked: SocketAddress
  ) throws(EventLoopError) -> SocketAddress {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    guard cevent_getsockname(descriptor, &storage, &length) == 0, let bound = SocketAddress(storage) else {
      throw EventLoopError("cannot listen on \(asked): \(systemMessage(errno))")
    }
    return bound
  }

  private static func refusal(_ number: Int32, of address: SocketAddress) -> EventLoopError {
    let advice =
      switch number {
      case EADDRINUSE: "another program listens there; stop it or choose another port"
      case EADDRNOTAVAIL: "this machine has no such address; choose one that it has"
      case EACCES: "ports below 1024 need the right CAP_NET_BIND_SERVICE; grant it or choose another port"
      default: "choose another address or port"
      }
    return EventLoopError("cannot listen on \(address): \(systemMessage(number)): \(advice)")
  }
}
