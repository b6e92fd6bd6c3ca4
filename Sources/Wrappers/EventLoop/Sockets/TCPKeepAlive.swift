import Glibc

/// When the system finds out that the peer of a TCP connection has vanished, without a word and without an error
/// (RFC 9293 sections 3.8.3 and 3.8.4). The numbers are sums: such a peer is found within `idleSeconds +
/// intervalSeconds * probes` while nothing is sent to it, and within `unacknowledgedSeconds` while something is.
public struct TCPKeepAlive: Sendable, Equatable {
  /// Seconds without a byte from the peer until it is asked for a sign of life (TCP_KEEPIDLE).
  public let idleSeconds: Int32
  /// Seconds from one such question to the next (TCP_KEEPINTVL).
  public let intervalSeconds: Int32
  /// Questions without an answer that end the connection (TCP_KEEPCNT).
  public let probes: Int32
  /// Seconds that what was sent may stay unacknowledged, or not be sent because the peer has no room for it
  /// (TCP_USER_TIMEOUT). Linux takes it instead of `probes`, so it should be the same sum.
  public let unacknowledgedSeconds: Int32

  /// Describes the times; the system refuses those that it can't keep.
  public init(idleSeconds: Int32, intervalSeconds: Int32, probes: Int32, unacknowledgedSeconds: Int32) {
    self.idleSeconds = idleSeconds
    self.intervalSeconds = intervalSeconds
    self.probes = probes
    self.unacknowledgedSeconds = unacknowledgedSeconds
  }

  /// Turns it on for a connection. False when the descriptor is none, or the system refuses a time. Any thread.
  @discardableResult
  public func apply(to descriptor: Int32) -> Bool {
    let tcp = Int32(IPPROTO_TCP)
    let options = [
      (SOL_SOCKET, SO_KEEPALIVE, 1), (tcp, TCP_KEEPIDLE, idleSeconds), (tcp, TCP_KEEPINTVL, intervalSeconds),
      (tcp, TCP_KEEPCNT, probes), (tcp, TCP_USER_TIMEOUT, unacknowledgedSeconds &* 1000),
    ]
    return options.allSatisfy { level, option, value in
      var value = value
      return setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
    }
  }
}
