import BrokerCore
import EventLoop
import Glibc
import MQTTCodec

/// WebSocket between the stream (plain or decrypted) and MQTT (RFC 6455; MQTT 5.0 section 6).
extension Connection {
  /// Whether the peer awaits a Close frame and the end, and answers them.
  var speaksWebSocket: Bool { layers != nil && settings.webSocket != nil }

  /// Reads where something lies in front of MQTT.
  func readLayered() {
    guard let layers else { return }
    if layers.awaitsProxyHeader { return readProxyHeader(layers) }
    settings.tls == nil ? readFrames() : readCipher()
  }

  /// Frames from a socket without TLS.
  private func readFrames() {
    let isLarge = partial.count > Self.carriedBytesMax
    let carried = isLarge ? 0 : partial.count
    if carried > 0, let from = partial.bytes.baseAddress { memcpy(shard.plaintext, from, carried) }
    let got = read(descriptor, shard.plaintext + carried, Self.readBytes)
    guard got > 0 else { return ended(got) }
    shard.core.counters.bytesReceived.add(got)
    receivedFrames(carried: carried, count: got)
    shard.handled(got)
  }

  /// `count` bytes of the stream are in the shard's buffer, behind the `carried` bytes that were kept; a kept part that
  /// is too large to be carried is completed where it is kept.
  func receivedFrames(carried: Int, count: Int) {
    guard let layers, let webSocket = settings.webSocket else { return }
    var carried = carried
    var new = UnsafeMutableBufferPointer(start: shard.plaintext + carried, count: count)
    if !layers.isUpgraded {
      let all = UnsafeMutableBufferPointer(start: shard.plaintext, count: carried + count)
      guard let usedBytes = upgrade(layers, webSocket, UnsafeBufferPointer(all)) else { return }
      new = UnsafeMutableBufferPointer(rebasing: all[usedBytes...])
      carried = 0
    }
    let isLarge = carried == 0 && !partial.isEmpty
    let input = layers.frames.decode(new, messageBytesMax: webSocket.messageBytesMax, replies: &layers.replies)
    if input.payloadCount > 0, let payload = new.baseAddress {
      if isLarge {
        append(UnsafeRawBufferPointer(start: payload, count: input.payloadCount))
      } else {
        received(UnsafeBufferPointer(start: payload - carried, count: carried + input.payloadCount))
      }
    }
    guard !isDead else { return }
    if !layers.replies.isEmpty { awaitFlush() }
    if input.close != nil { actOnClose() }
  }

  /// The client's request for WebSocket. Returns its bytes once it is accepted; until then it is kept.
  private func upgrade(
    _ layers: ConnectionLayers, _ settings: WebSocketSettings, _ bytes: UnsafeBufferPointer<UInt8>
  ) -> Int? {
    guard phase != .closed else { return nil }
    switch layers.upgrade.receive(bytes, settings: settings) {
    case .incomplete:
      // What was kept is the beginning of it.
      partial.append(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[partial.count...]))
      return nil
    case .accepted(let response, _, let usedBytes):
      partial = ByteBuffer()
      response.withUnsafeBytes { layers.replies.append($0) }
      layers.isUpgraded = true
      awaitFlush()
      return usedBytes
    case .refused(let refusal):
      partial = ByteBuffer()
      refusal.response.withUnsafeBytes { layers.replies.append($0) }
      let stray = StrayProtocol(bytes)
      fault(stray == .http ? refusal.explanation : stray.explanation(at: .webSocket))
      return nil
    }
  }

  /// Ends the connection when the client's frames have come to their end, and what they held was handled: not while
  /// MQTT waits for something else.
  func actOnClose() {
    guard !isDead, !isPaused, phase != .closed, phase != .authenticating, let close = layers?.frames.close else {
      return
    }
    guard let reason = close.fault else { return shard.core.lost(self) }
    fault(reason)
  }

  private func fault(_ reason: String) {
    shard.core.counters.protocolFaults.add()
    shard.core.state.log.log(
      .info, "WebSocket closed for a fault",
      [
        ("listener", settings.name), ("peer", peer.description),
        ("client", Claimed.text(clientID)), ("reason", reason),
      ])
    shard.core.lost(self)
  }

  /// Sees to it that the round's flush comes here, though MQTT may have nothing to say.
  private func awaitFlush() {
    guard !isTouched else { return }
    isTouched = true
    shard.core.touched.append(self)
  }

  /// Makes the round's output what goes over the wire: replies, then each of MQTT's packets in a frame, then a Close
  /// frame when the connection is over. The headers are put in front by moving the packets: they are seldom many.
  func frameOutput() {
    guard let layers, settings.webSocket != nil else { return }
    if !layers.isUpgraded { output.removeAll() }
    let packetBytes = output.count
    let replyCount = layers.replies.count
    let headersCount = WebSocketFrames.headersCount(packets: output.bytes)
    if replyCount + headersCount > 0 {
      _ = output.reserve(replyCount + headersCount)
      output.commit(replyCount + headersCount)
      let all = UnsafeMutableRawBufferPointer(mutating: output.bytes)
      guard let start = all.baseAddress else { return }
      memmove(start + replyCount + headersCount, start, packetBytes)
      all.copyMemory(from: layers.replies.bytes)
      WebSocketFrames.frame(UnsafeMutableRawBufferPointer(rebasing: all[replyCount...]), headersCount: headersCount)
      layers.replies = ByteBuffer()
    }
    guard phase == .closed, layers.isUpgraded else { return }
    WebSocketFrames.closeFrame(code: closeCode(layers)).withUnsafeBytes { output.append($0) }
  }

  private func closeCode(_ layers: ConnectionLayers) -> UInt16? {
    if let close = layers.frames.close { return close.code }
    // The DISCONNECT before it says which reason it is; 3.x clients have only this.
    guard closeReason != nil else { return WebSocketClose.normal }
    return shard.isStopping ? WebSocketClose.goingAway : WebSocketClose.policyViolation
  }
}
