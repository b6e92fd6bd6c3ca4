import BrokerCore
import EventLoop
import Glibc
import MQTTCodec
import TLS

/// TLS between socket and MQTT: the shard's exchange holds ciphertext only while one connection is driven.
extension Connection {
  /// What is read at once while a handshake goes on: many small records in it cost as much as they are.
  private static let handshakeReadBytes = 16 * 1024

  func readCipher() {
    let wasInHandshake = isInHandshake
    if wasInHandshake, !shard.takeHandshakeStep() { return }
    let begun = wasInHandshake ? MonotonicTime.nanoseconds() : 0
    defer { if wasInHandshake { shard.handshakeStepTook(nanoseconds: MonotonicTime.nanoseconds() - begun) } }
    let got = read(descriptor, shard.ciphertext, wasInHandshake ? Self.handshakeReadBytes : Self.readBytes)
    guard got > 0 else { return ended(got) }
    shard.core.counters.bytesReceived.add(got)
    let isFirst = session == nil
    guard let session = tlsSession() else { return shard.lost(self) }
    var ciphertext = UnsafeRawBufferPointer(start: shard.ciphertext, count: got)
    let stray = isFirst ? self.stray(ciphertext) : nil
    var hasMore = true
    while hasMore, !isDead {
      hasMore = decrypt(ciphertext, session, stray)
      ciphertext = UnsafeRawBufferPointer(start: nil, count: 0)
    }
    shard.handled(got)
  }

  /// What the first bytes are that no handshake begins with; nil for one of TLS.
  @inline(never)
  private func stray(_ bytes: UnsafeRawBufferPointer) -> String? {
    let stray = StrayProtocol(bytes)
    return stray == .tls ? nil : stray.explanation(at: .tls)
  }

  private func tlsSession() -> TLSSession? {
    if let session { return session }
    guard let context = settings.tls else { return nil }
    do {
      session = try TLSSession(context: context, exchange: shard.exchange)
    } catch {
      shard.core.state.log.log(.error, "no TLS session", [("reason", "\(error)")])
    }
    return session
  }

  /// Decrypts into the shard's buffer behind what was carried, and hands it on. True when there is more to decrypt.
  private func decrypt(_ ciphertext: UnsafeRawBufferPointer, _ session: TLSSession, _ stray: String?) -> Bool {
    let to = shard.plaintext
    let isLarge = partial.count > Self.carriedBytesMax
    let carried = isLarge ? 0 : partial.count
    if carried > 0, let from = partial.bytes.baseAddress { memcpy(to, from, carried) }
    let result = session.receive(
      ciphertext, into: UnsafeMutableRawBufferPointer(start: to + carried, count: Self.plaintextBytes - carried))
    sendExchange()
    if result.handshakeFinished { shard.handshakeFinished(self) }
    guard !isDead else { return false }
    if result.plaintextCount > 0 {
      if layers != nil {
        receivedFrames(carried: carried, count: result.plaintextCount)
      } else if isLarge {
        append(UnsafeRawBufferPointer(start: to, count: result.plaintextCount))
      } else {
        received(UnsafeBufferPointer(start: to, count: carried + result.plaintextCount))
      }
    }
    guard !isDead else { return false }
    switch result.state {
    case .open: return result.hasMore
    case .closedByPeer: finished()
    case .failed(let error): failed(error, session, stray)
    }
    return false
  }

  private func failed(_ error: TLSError, _ session: TLSSession, _ stray: String?) {
    if !session.isHandshakeComplete { shard.core.counters.handshakesFailed.add() }
    logTLS(session.isHandshakeComplete ? "TLS failed" : "TLS handshake failed", stray ?? "\(error)")
    // Not as one that is gone: what it still sends is read away, or a reset would overtake the alert.
    shard.close(self)
  }

  /// The peer went away, or its time is over, before the handshake was complete. One that never said a word tells
  /// nothing: so does whatever looks whether the port is open.
  func handshakeEnded(_ why: @autoclosure () -> String) {
    guard session != nil, isInHandshake else { return }
    shard.core.counters.handshakesFailed.add()
    // An event of its own, so that many of these leave room in the log for handshakes that were refused.
    logTLS("TLS handshake not completed", why())
  }

  private func logTLS(_ event: String, _ why: String) {
    shard.core.state.log.log(
      .info, event, [("listener", settings.name), ("peer", peer.description), ("reason", why)])
  }

  func flushTLS() {
    guard let session else { return output.removeAll() }
    let error = session.send(output.bytes)
    output.removeAll()
    sendExchange()
    if error != nil, !isDead { shard.broken(self) }
  }

  /// Sends what the exchange holds for this connection.
  @inline(__always)
  private func sendExchange() {
    let bytes = shard.exchange.output
    guard !bytes.isEmpty else { return }
    if !isDead { send(bytes) }
    shard.exchange.clearOutput()
  }

  /// Says close_notify, also to a peer that said it first (RFC 8446 section 6.1): behind what waits if the connection
  /// lingers, else if the socket takes it now.
  func closeTLS() {
    guard let session, !isLost else { return }
    session.sendCloseNotify()
    let bytes = shard.exchange.output
    if isLingering {
      send(bytes)
    } else if blocked.isEmpty {
      _ = write(bytes)
    }
    shard.exchange.clearOutput()
  }
}
