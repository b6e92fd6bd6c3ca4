import Glibc

/// An IPv4 or IPv6 address with a port: `127.0.0.1:8883`, `[::1]:8883`, `0.0.0.0:8883`. Names are not resolved.
public struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
  /// The numeric host, without brackets.
  public let host: String
  /// The port; 0 asks the system for one.
  public let port: UInt16
  private let isV6: Bool

  /// Reads an address; nil when it isn't one.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    var host = String(text[..<colon])
    let isV6 = host.hasPrefix("[") && host.hasSuffix("]")
    if isV6 { host = String(host.dropFirst().dropLast()) }
    var v4 = in_addr()
    var v6 = in6_addr()
    guard (isV6 ? inet_pton(AF_INET6, host, &v6) : inet_pton(AF_INET, host, &v4)) == 1 else { return nil }
    self.host = host
    self.port = port
    self.isV6 = isV6
  }

  /// The same host with another port.
  public func with(port: UInt16) -> SocketAddress { SocketAddress(host: host, port: port, isV6: isV6) }

  private init(host: String, port: UInt16, isV6: Bool) {
    self.host = host
    self.port = port
    self.isV6 = isV6
  }

  /// As it is written in the configuration.
  public var description: String { isV6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// Calls `body` with the address as the system wants it.
  func withSocketAddress<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    if isV6 {
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      inet_pton(AF_INET6, host, &address.sin6_addr)
      return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in6>.size)) }
      }
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    inet_pton(AF_INET, host, &address.sin_addr)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }

  var family: Int32 { isV6 ? AF_INET6 : AF_INET }

  /// The address of a socket's peer, or nil when it has none any more.
  init?(peerOf descriptor: Int32) {
    self.init(descriptor, getpeername)
  }

  /// The address that a socket is bound to.
  init?(boundBy descriptor: Int32) {
    self.init(descriptor, getsockname)
  }

  private init?(
    _ descriptor: Int32, _ ask: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
  ) {
    var storage = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { ask(descriptor, $0, &size) }
    }
    guard result == 0 else { return nil }
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let isV6 = storage.ss_family == sa_family_t(AF_INET6)
    let port: UInt16 = withUnsafePointer(to: &storage) { storage in
      if isV6 {
        return storage.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
          var host = address.pointee.sin6_addr
          inet_ntop(AF_INET6, &host, &text, socklen_t(text.count))
          return UInt16(bigEndian: address.pointee.sin6_port)
        }
      }
      return storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
        var host = address.pointee.sin_addr
        inet_ntop(AF_INET, &host, &text, socklen_t(text.count))
        return UInt16(bigEndian: address.pointee.sin_port)
      }
    }
    host = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    self.port = port
    self.isV6 = isV6
  }
}
