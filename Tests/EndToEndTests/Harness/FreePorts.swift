import Glibc
import Synchronization

/// Hands out ports of 127.0.0.1 that nothing listens on. No port is given twice, so tests that run at the same time do
/// not meet; another process may still be faster, which is why who starts a server tries again.
enum FreePorts {
  /// Below what the kernel takes for outgoing connections (from 32768 on), and beside the benchmark's ports.
  private static let range = 22_000..<28_000

  private static let next = Mutex(range.lowerBound + Int(getpid()) * 61 % range.count)

  /// The first of `count` ports in a row, all of them the caller's.
  static func take(_ count: Int = 1) throws -> UInt16 {
    for _ in range {
      let first = next.withLock { next in
        if next + count > range.upperBound { next = range.lowerBound }
        defer { next += count }
        return next
      }
      if (first..<first + count).allSatisfy({ canBind(UInt16($0)) }) { return UInt16(first) }
    }
    throw HarnessFailure("no \(count) ports in a row of \(range) are free")
  }

  /// Whether something has the port.
  static func isTaken(_ port: UInt16) -> Bool { !canBind(port) }

  private static func canBind(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout.size(ofValue: yes)))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafeBytes(of: &address) { bytes in
      guard let base = bytes.baseAddress else { return false }
      return bind(descriptor, base.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count)) == 0
    }
  }
}
