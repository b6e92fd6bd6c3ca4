import Glibc

/// Ports of loopback that nobody else is given while their owner does not listen on them.
///
/// A broker of the mock cluster that comes up again must get its old port; the library ends the process if it can't.
/// Sockets that are bound and do not listen keep the system from handing the port to anyone who lets it choose. With
/// SO_REUSEADDR, which the library sets too, they don't stand in the broker's way. Clients are refused meanwhile.
struct HeldPorts {
  private var sockets: [Int32] = []

  /// Holds the ports of `servers`, such as `127.0.0.1:43210,127.0.0.1:43211`. One that can't be held is left out.
  mutating func hold(_ servers: String) {
    guard sockets.isEmpty else { return }
    for server in servers.split(separator: ",") {
      guard let text = server.split(separator: ":").last, let port = UInt16(text) else { continue }
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
      guard descriptor >= 0 else { continue }
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
      if result == 0 { sockets.append(descriptor) } else { close(descriptor) }
    }
  }

  /// Lets go of them, once their owner listens again.
  mutating func release() {
    for descriptor in sockets { close(descriptor) }
    sockets = []
  }
}
