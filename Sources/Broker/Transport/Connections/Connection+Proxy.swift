import BrokerCore
import EventLoop
import Glibc
import MQTTCodec

/// The PROXY protocol's header, in front of all else, TLS included.
extension Connection {
  /// Takes no byte behind the header from the socket: what follows is read as on any other connection.
  func readProxyHeader(_ layers: ConnectionLayers) {
    let to = shard.plaintext
    let carried = partial.count
    if carried > 0, let from = partial.bytes.baseAddress { memcpy(to, from, carried) }
    let got = recv(descriptor, to + carried, ProxyHeader.version2BytesMax, Int32(MSG_PEEK))
    guard got > 0 else { return ended(got) }
    switch ProxyHeader.parse(UnsafeBufferPointer(start: to, count: carried + got)) {
    case .incomplete:
      guard take(got) else { return }
      partial.append(UnsafeRawBufferPointer(start: to + carried, count: got))
    case .found(let source, let usedBytes):
      guard take(usedBytes - carried) else { return }
      partial = ByteBuffer()
      if let source {
        peer = source
        guard takeAddress() else { return shard.lost(self) }
      }
      layers.awaitsProxyHeader = false
      if settings.webSocket == nil { self.layers = nil }
    case .malformed(let reason):
      let bytes = UnsafeBufferPointer(start: to, count: carried + got)
      let stray = StrayProtocol(bytes)
      shard.core.counters.protocolFaults.add()
      shard.core.state.log.log(
        .info, "connection closed for a fault",
        [
          ("listener", settings.name), ("peer", peer.description),
          ("reason", stray == .proxyHeader ? reason : stray.explanation(at: .proxyHeader)),
          ("first_bytes", StrayProtocol.digits(bytes)),
        ])
      shard.lost(self)
    }
  }

  /// Takes bytes from the socket that were looked at already; false, and the connection is over, when they are gone.
  private func take(_ count: Int) -> Bool {
    guard read(descriptor, shard.ciphertext, count) == count else {
      shard.lost(self)
      return false
    }
    shard.core.counters.bytesReceived.add(count)
    return true
  }
}
