import EventLoop

@testable import Transport

/// What a proxy sends in front of a connection: it is known as soon as it is whole, and never changes with what
/// follows.
enum FuzzTarget {
  private static let trusted = try? NetworkList(["10.0.0.0/8", "2001:db8::/32"])

  static func run(_ bytes: UnsafeBufferPointer<UInt8>) {
    var earlier = ProxyHeaderResult.incomplete
    for count in 0...bytes.count {
      let received = Array(bytes[..<count])
      let result = received.withUnsafeBufferPointer { ProxyHeader.parse($0) }
      if earlier != .incomplete { check(result == earlier, "it changes with what follows") }
      if result != earlier { checkNew(result, received.count) }
      earlier = result
    }
    let text = String(decoding: bytes, as: UTF8.self)
    if let list = try? NetworkList([text]), let slash = text.firstIndex(of: "/") {
      let address = SocketAddress(host: String(text[..<slash]), port: 1)
      check(address.map(list.contains) == true, "a network without its first address")
    }
  }

  private static func checkNew(_ result: ProxyHeaderResult, _ count: Int) {
    switch result {
    case .incomplete: check(false, "it was known before")
    case .found(let source, let usedBytes):
      check(usedBytes == count, "\(usedBytes) bytes, known with \(count)")
      guard let source else { return }
      // It is an address that can be written and read.
      check(SocketAddress(host: source.host, port: source.port) == source, "\(source)")
      _ = trusted?.contains(source)
    case .malformed(let reason):
      check(!reason.isEmpty && count <= ProxyHeader.version2BytesMax, reason)
    }
  }
}
