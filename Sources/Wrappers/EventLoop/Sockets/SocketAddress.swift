import Glibc

/// An IPv4 or IPv6 address with a port. Never a name: nothing here asks a resolver.
public struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
  /// Whether it is an IPv6 address; IPv4-mapped addresses (RFC 4291 section 2.5.5.2) count as IPv6.
  public let isIPv6: Bool
  /// The address in network order, as a number: for IPv4 its 32 bits in `low`, for IPv6 the upper half in `high`.
  public let high: UInt64
  /// The lower half of the address.
  public let low: UInt64
  /// The interface of a link-local IPv6 address, or 0.
  public let scope: UInt32
  /// The port; 0 lets the system choose when it is bound.
  public let port: UInt16

  /// Reads a numeric address, such as `127.0.0.1`, `::1` or `fe80::1%eth0`; nil when it is anything else.
  public init?(host: String, port: UInt16) {
    guard !host.utf8.contains(0) else { return nil }
    let parts = host.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
    guard let numeric = parts.first.map(String.init) else { return nil }
    var v4 = in_addr()
    var v6 = in6_addr()
    if parts.count == 1, inet_pton(AF_INET, numeric, &v4) == 1 {
      self.init(v4: v4, port: port.bigEndian)
    } else if inet_pton(AF_INET6, numeric, &v6) == 1 {
      let scope = parts.count == 2 ? if_nametoindex(String(parts[1])) : 0
      if parts.count == 2, scope == 0 { return nil }
      self.init(v6: v6, scope: scope, port: port.bigEndian)
    } else {
      return nil
    }
  }

  /// The same address with another port.
  public func with(port: UInt16) -> SocketAddress {
    SocketAddress(isIPv6: isIPv6, high: high, low: low, scope: scope, port: port)
  }

  /// Whether only this machine can reach it (127.0.0.0/8, ::1, and the former mapped into IPv6).
  public var isLoopback: Bool {
    if !isIPv6 { return low >> 24 == 127 }
    return high == 0 && (low == 1 || low >> 32 == 0xFFFF && low >> 24 & 0xFF == 127)
  }

  /// The address without the port, as `127.0.0.1` or `::1`.
  public var host: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    withStorage { storage, _ in
      withUnsafeBytes(of: &storage) { bytes in
        // The address field lies at 4 in sockaddr_in and at 8 in sockaddr_in6.
        guard let address = bytes.baseAddress?.advanced(by: isIPv6 ? 8 : 4) else { return }
        inet_ntop(isIPv6 ? AF_INET6 : AF_INET, address, &text, socklen_t(text.count))
      }
    }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// `127.0.0.1:1883` or `[::1]:1883`.
  public var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension SocketAddress {
  private init(isIPv6: Bool, high: UInt64, low: UInt64, scope: UInt32, port: UInt16) {
    self.isIPv6 = isIPv6
    self.high = high
    self.low = low
    self.scope = scope
    self.port = port
  }

  private init(v4: in_addr, port: in_port_t) {
    self.init(
      isIPv6: false, high: 0, low: UInt64(UInt32(bigEndian: v4.s_addr)), scope: 0, port: UInt16(bigEndian: port))
  }

  private init(v6: in6_addr, scope: UInt32, port: in_port_t) {
    let (high, low) = withUnsafeBytes(of: v6) {
      ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }
    self.init(
      isIPv6: true, high: UInt64(bigEndian: high), low: UInt64(bigEndian: low), scope: scope,
      port: UInt16(bigEndian: port))
  }

  /// What the system filled in; nil for a family that is not an internet one.
  init?(_ storage: sockaddr_storage) {
    switch Int32(storage.ss_family) {
    case AF_INET:
      let address = withUnsafeBytes(of: storage) { $0.loadUnaligned(as: sockaddr_in.self) }
      self.init(v4: address.sin_addr, port: address.sin_port)
    case AF_INET6:
      let address = withUnsafeBytes(of: storage) { $0.loadUnaligned(as: sockaddr_in6.self) }
      self.init(v6: address.sin6_addr, scope: address.sin6_scope_id, port: address.sin6_port)
    default:
      return nil
    }
  }

  /// The system's form of it, with its length.
  func withStorage<T>(_ body: (inout sockaddr_storage, socklen_t) -> T) -> T {
    var storage = sockaddr_storage()
    if isIPv6 {
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      address.sin6_scope_id = scope
      withUnsafeMutableBytes(of: &address.sin6_addr) {
        $0.storeBytes(of: high.bigEndian, as: UInt64.self)
        $0.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
      }
      withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: sockaddr_in6.self) }
      return body(&storage, socklen_t(MemoryLayout<sockaddr_in6>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(truncatingIfNeeded: low).bigEndian
    withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: sockaddr_in.self) }
    return body(&storage, socklen_t(MemoryLayout<sockaddr_in>.size))
  }
}
