import BrokerCore
import EventLoop
import Glibc
import MQTTCodec
import TLS

/// One device's connection: its socket, TLS, and the bytes that wait on either side. The MQTT side is the ``Client``
/// that it is.
///
/// Confined to its shard's thread; it may change shards once, when its CONNECT was accepted (see
/// ``Shard/move(_:to:)``).
final class Connection: Client {
  /// One read a readiness, at most this much.
  static let readBytes = 64 * 1024
  /// An unfinished packet up to this size is put in front of the next read; a larger one is completed where it is kept.
  static let carriedBytesMax = 64 * 1024
  /// While MQTT can't go on, so much is read ahead of it, to answer a PINGREQ that comes there: a thousand small
  /// publishes more than are answered yet.
  static let aheadBytesMax = 128 * 1024
  /// Plaintext of one read: what was carried, what the ciphertext holds, and a record that was begun before.
  static let plaintextBytes = carriedBytesMax + readBytes + 32 * 1024

  /// See ``Limits``.
  static let keepAlive = TCPKeepAlive(
    idleSeconds: Limits.tcpIdleSeconds, intervalSeconds: Limits.tcpProbeSeconds, probes: Limits.tcpProbes,
    unacknowledgedSeconds: Limits.tcpIdleSeconds + Limits.tcpProbeSeconds * Limits.tcpProbes)

  @exclusivity(unchecked) unowned(unsafe) var shard: Shard
  let descriptor: Int32
  /// The client's address: the socket's, or the one that its proxy named.
  var peer: SocketAddress
  let settings: ListenerSettings
  @exclusivity(unchecked) var events: ConnectionEvents?
  /// Made on the first byte received: a connection that says nothing needs none.
  @exclusivity(unchecked) var session: TLSSession?
  /// WebSocket, and a PROXY header that is still to come; nil where MQTT lies in the stream itself.
  @exclusivity(unchecked) var layers: ConnectionLayers?
  /// An unfinished packet, or what may not be looked at yet, only while there is some.
  @exclusivity(unchecked) var partial = ByteBuffer()
  /// What the socket did not take, only while there is some.
  @exclusivity(unchecked) var blocked = ByteBuffer()
  @exclusivity(unchecked) var isReceiving = false
  /// Not read from until it has read some of what waits for it.
  @exclusivity(unchecked) private var isHeldBack = false
  /// The peer sends no more, and what is kept of it is still to be handled.
  private var finishesBehindKept = false
  /// On its way to another shard: this one's core has let go of it.
  var isMoving = false
  /// The peer sends no more.
  var isAtEnd = false
  /// The socket takes nothing more, or its peer is to be told nothing.
  var isLost = false
  @exclusivity(unchecked) var isDead = false
  var acceptedAtMilliseconds: Int64 = 0
  /// Its CONNECT is not accepted yet, and it is counted as such.
  var isPending = false
  /// It is counted among those of its client's address.
  private(set) var isAddressCounted = false
  /// Over for the broker; what the peer sends is read away, and what it has not read yet is sent.
  private(set) var isLingering = false
  private(set) var lingersUntilMilliseconds: Int64 = 0

  /// Takes an accepted socket over.
  init(_ descriptor: Int32, _ peer: SocketAddress, _ settings: ListenerSettings, shard: Shard) {
    self.descriptor = descriptor
    self.peer = peer
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    Self.keepAlive.apply(to: descriptor)
    self.settings = settings
    self.shard = shard
    layers = ConnectionLayers(settings)
    super.init(limits: settings.clientLimits, mountPoint: settings.mountPoint)
  }

  override var peerAddress: String { peer.description }
  override var listenerName: String { settings.name }

  /// Whether a TLS handshake is still to be completed.
  @inline(__always)
  var isInHandshake: Bool {
    if let session { return !session.isHandshakeComplete }
    return settings.tls != nil
  }

  /// Counts it among the connections of its client's address; false, and the log says so, when there are as many as are
  /// allowed.
  func takeAddress() -> Bool {
    // What can't be reached needs no count.
    guard settings.connectionsPerAddressMax < settings.connectionsMax else { return true }
    guard !settings.addresses.take(peer, max: settings.connectionsPerAddressMax) else {
      isAddressCounted = true
      return true
    }
    shard.core.counters.connectionsRefusedForAddress.add()
    shard.core.state.log.log(
      .info, "connection refused: its address has as many as are allowed",
      [
        ("listener", settings.name), ("peer", peer.description),
        ("connections_per_address_max", "\(settings.connectionsPerAddressMax)"),
      ])
    return false
  }

  // MARK: in

  func readable() {
    shard.enter()
    shard.reads &+= 1
    if isLingering { return discard() }
    if layers != nil { return readLayered() }
    settings.tls == nil ? readPlain() : readCipher()
  }

  @inline(__always)
  private func readPlain() {
    let to = shard.plaintext
    let carried = partial.count
    guard carried <= Self.carriedBytesMax else { return readLarge() }
    if carried > 0, let from = partial.bytes.baseAddress { memcpy(to, from, carried) }
    let got = read(descriptor, to + carried, Self.readBytes)
    guard got > 0 else { return ended(got) }
    shard.core.counters.bytesReceived.add(got)
    received(UnsafeBufferPointer(start: to, count: carried &+ got))
    shard.handled(got)
  }

  /// A large packet is completed in the buffer that already holds its beginning.
  private func readLarge() {
    let got = read(descriptor, shard.plaintext, Self.readBytes)
    guard got > 0 else { return ended(got) }
    shard.core.counters.bytesReceived.add(got)
    append(UnsafeRawBufferPointer(start: shard.plaintext, count: got))
    shard.handled(got)
  }

  func ended(_ result: Int) {
    if result == 0 { return finished() }
    if errno == EAGAIN || errno == EINTR { return }
    handshakeEnded("the client reset the connection")
    shard.lost(self)
  }

  /// The peer sends no more. What it sent before is handled first, where MQTT can't go on yet.
  func finished() {
    guard isPaused, phase == .connected, !partial.isEmpty else { return shard.finished(self) }
    finishesBehindKept = true
    events?.stopReading()
  }

  /// Plaintext in a buffer of the shard's, with what was carried in front of it.
  @inline(__always)
  func received(_ bytes: UnsafeBufferPointer<UInt8>) {
    isReceiving = true
    let used = shard.core.receive(self, bytes)
    isReceiving = false
    guard !isDead else { return }
    if used < bytes.count {
      keep(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[used...]))
    } else if partial.capacity > 0 {
      partial = ByteBuffer()
    }
  }

  private func keep(_ rest: UnsafeRawBufferPointer) {
    // The rest was copied out of `partial` before, if it came from there.
    partial.removeAll()
    partial.append(rest)
    stopReadingIfFull()
  }

  /// What is kept can't be handled now.
  private func stopReadingIfFull() {
    if phase == .authenticating || isPaused && partial.count >= Self.aheadBytesMax { events?.stopReading() }
  }

  /// More plaintext for what is kept already.
  func append(_ bytes: UnsafeRawBufferPointer) {
    partial.append(bytes)
    handleKept()
  }

  /// Handles what is kept, where it is kept.
  private func handleKept() {
    guard !partial.isEmpty else { return }
    // No mutation of `partial` while its bytes are looked at: receiving never touches it.
    isReceiving = true
    let used = shard.core.receive(self, partial.bytes.assumingMemoryBound(to: UInt8.self))
    isReceiving = false
    guard !isDead else { return }
    partial.consume(used)
    if partial.isEmpty { partial = ByteBuffer() }
    stopReadingIfFull()
  }

  /// Reads again, after a pause.
  func resume() {
    guard !isReceiving, !isDead, phase != .closed else { return }
    handleKept()
    if layers != nil { actOnClose() }
    guard !isDead, phase == .connected || phase == .exchanging else { return }
    if finishesBehindKept {
      if !isPaused { shard.finished(self) }
      return
    }
    guard !isHeldBack, !isPaused || partial.count < Self.aheadBytesMax else { return }
    events?.startReading()
  }

  // MARK: out

  /// Gives the round's output to the socket: one write, or none while the socket is full.
  @inline(__always)
  func flush() {
    isTouched = false
    guard !isDead, !isLingering else { return }
    if layers != nil { frameOutput() }
    if !output.isEmpty {
      if settings.tls == nil {
        send(output.bytes)
        output.removeAll()
      } else {
        flushTLS()
      }
    }
    shard.core.takeBack(self)
    if phase == .closed { shard.close(self) }
  }

  /// Writes, and keeps what the socket does not take.
  @inline(__always)
  func send(_ bytes: UnsafeRawBufferPointer) {
    guard blocked.isEmpty else {
      blocked.append(bytes)
      backlogBytes = blocked.count
      // Within a round nobody else asks whether the socket has room again.
      if backlogBytes > limits.outputBytesMax / 2 { sendBlocked() }
      holdBack()
      return
    }
    let sent = write(bytes)
    if sent == bytes.count {
      shard.core.counters.bytesSent.add(sent)
      return
    }
    if sent < 0, errno != EAGAIN, errno != EINTR { return shard.broken(self) }
    let taken = max(sent, 0)
    shard.core.counters.bytesSent.add(taken)
    blocked.append(UnsafeRawBufferPointer(rebasing: bytes[taken...]))
    backlogBytes = blocked.count
    events?.startWriting()
  }

  /// The system's write; a peer that is gone is an error of it, and no signal to the process.
  @inline(__always)
  func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
  }

  func writable() {
    shard.enter()
    if !blocked.isEmpty { sendBlocked() }
    guard !isDead else { return }
    if blocked.isEmpty { events?.stopWriting() }
    guard !isLingering, backlogBytes <= limits.outputBytesMax / 2 else { return }
    if isHeldBack {
      isHeldBack = false
      resume()
      if isDead { return }
    }
    shard.core.drained(self)
  }

  /// Deliveries stop where the output is full, at most one packet later. What lies above is answers, of which a client
  /// that never reads could have any number: it can ask no more.
  private func holdBack() {
    guard backlogBytes > limits.outputBytesMax + shard.packetBytesMax, !isDead, !isLingering else { return }
    isHeldBack = true
    events?.stopReading()
  }

  /// Gives the socket what it did not take before. Where that was all, the loop still calls ``writable()`` once more,
  /// which lets those go on that wait for it: this may be within a flush.
  private func sendBlocked() {
    let sent = write(blocked.bytes)
    if sent < 0 {
      if errno == EAGAIN || errno == EINTR { return }
      return isLingering ? stopLingering() : shard.lost(self)
    }
    shard.core.counters.bytesSent.add(sent)
    blocked.consume(sent)
    backlogBytes = blocked.count
    if blocked.isEmpty {
      blocked = ByteBuffer()
      if isLingering { shutdown(descriptor, Int32(SHUT_WR)) }
    }
  }

  // MARK: the end

  /// Sends what the socket has not taken yet and the end behind it, and reads until the peer closes too, or until a
  /// time.
  func linger(untilMilliseconds deadline: Int64) {
    isLingering = true
    lingersUntilMilliseconds = deadline
    if session != nil { closeTLS() }
    if blocked.isEmpty { shutdown(descriptor, Int32(SHUT_WR)) }
    partial = ByteBuffer()
    events?.startReading()
  }

  private func discard() {
    let got = read(descriptor, shard.plaintext, Self.readBytes)
    if got < 0, errno == EAGAIN || errno == EINTR { return }
    if got <= 0 { stopLingering() }
  }

  /// The peer is gone: the next tick frees it, and until then a socket that has failed must not be ready in each round.
  private func stopLingering() {
    lingersUntilMilliseconds = 0
    events?.stopReading()
    events?.stopWriting()
  }

  /// Closes the socket. What was written before still reaches the peer: it is told the end, and what it had sent is
  /// read away, since unread bytes would make the kernel reset the connection.
  func release() {
    guard !isDead else { return }
    isDead = true
    events?.detach()
    events = nil
    if session != nil, !isLingering { closeTLS() }
    if !isAtEnd {
      if !isLingering { shutdown(descriptor, Int32(SHUT_WR)) }
      var reads = 0
      while reads < 4, read(descriptor, shard.plaintext, Self.readBytes) > 0 { reads &+= 1 }
    }
    close(descriptor)
    session = nil
    partial = ByteBuffer()
    blocked = ByteBuffer()
    output = ByteBuffer()
  }
}
