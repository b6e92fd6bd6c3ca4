import Glibc

/// Ports of loopback that nobody else is given as long as this object lives, whether their owner listens on them or
/// not.
///
/// A broker of the mock cluster that comes up again must get its old port; the library ends the process if it can't.
/// Sockets that are bound and do not listen keep the system from handing the port to anyone who lets it choose, also to
/// a client that connects to that very port. With SO_REUSEADDR, which the library sets too, they don't stand in the
/// broker's way. Clients are refused while it doesn't listen. Thread-safe.
final class HeldPorts: Sendable {
  private let ports: [UInt16]
  private let sockets: [Int32]

  /// Holds the ports of `servers`, such as `127.0.0.1:43210,127.0.0.1:43211`, on which nobody may listen right now. Nil
  /// when one of them can't be held.
  init?(_ servers: String) {
    let ports = servers.split(separator: ",").compactMap { $0.split(separator: ":").last.flatMap { UInt16($0) } }
    let sockets = ports.compactMap(Self.hold)
    guard sockets.count == ports.count, !ports.isEmpty else {
      for descriptor in sockets { close(descriptor) }
      return nil
    }
    self.ports = ports
    self.sockets = sockets
  }

  /// Waits until nobody listens on any of them, for some seconds at most. A program that was started while their owner
  /// opened its listener may have been given that one too, and have it until it ends.
  /// False when somebody listens still.
  @discardableResult
  func waitUntilFree() -> Bool {
    for _ in 0..<500 {
      if ports.allSatisfy(Self.isFree) { return true }
      usleep(10_000)
    }
    return false
  }

  private static func isFree(_ port: UInt16) -> Bool {
    guard let descriptor = hold(port) else { return false }
    close(descriptor)
    return true
  }

  deinit {
    for descriptor in sockets { close(descriptor) }
  }

  private static func hold(_ port: UInt16) -> Int32? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    var isOn: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if result == 0 { return descriptor }
    close(descriptor)
    return nil
  }
}
