import EventLoop
import Synchronization

/// How many connections each client address has at one listener, against a bound. Any thread.
///
/// An IPv6 address counts as its network of 64 bits, since who has one address there has all of them; an IPv4 address
/// written as an IPv6 one is the IPv4 address. The lock is held for one dictionary operation, once when a connection is
/// accepted and once when it ends, and alone.
final class AddressCount: Sendable {
  private struct Network: Hashable {
    let high: UInt64
    let low: UInt64

    init(_ address: SocketAddress) {
      guard address.isIPv6, address.high != 0 || address.low >> 32 != 0xFFFF else {
        high = 0
        low = 0xFFFF_0000_0000 | address.low
        return
      }
      high = address.high
      low = 0
    }
  }

  private let counts = Mutex<[Network: Int]>([:])

  /// Counts a connection of an address in; false, and not counted, when it has as many as allowed.
  func take(_ address: SocketAddress, max: Int) -> Bool {
    let network = Network(address)
    return counts.withLock { counts in
      let count = counts[network, default: 0]
      guard count < max else { return false }
      counts[network] = count + 1
      return true
    }
  }

  /// Counts one out.
  func give(_ address: SocketAddress) {
    let network = Network(address)
    counts.withLock { counts in
      guard let count = counts[network] else { return }
      counts[network] = count > 1 ? count - 1 : nil
    }
  }

  /// How many addresses have connections.
  var addressCount: Int { counts.withLock { $0.count } }
}
