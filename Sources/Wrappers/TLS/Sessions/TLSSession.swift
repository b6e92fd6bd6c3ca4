import COpenSSL
import Glibc

/// The server's side of one TLS connection, over memory: ciphertext in, plaintext out, and the reverse. It owns no
/// socket, and no buffer while nothing is in it; make it on the first byte received, since a connection that says
/// nothing needs none.
///
/// Confined to the thread of its ``TLSExchange``. After each call that can produce output, send and clear
/// ``TLSExchange/output`` before another session of the same exchange is driven. A call to ``receive(_:into:)`` can
/// take a millisecond while the handshake runs (public key operations).
public final class TLSSession {
  let ssl: OpaquePointer
  private var exchange: TLSExchange
  /// Ciphertext that came in while the plaintext memory was full, else `nil`.
  private var kept: UnsafeMutableRawBufferPointer?
  private var failure: TLSError?
  /// The handshake is done.
  public private(set) var isHandshakeComplete = false
  private var closedByPeer = false
  private var closeNotifySent = false
  /// ``ControlMessages`` of the second in which the last ones came.
  private var controlMessages: (second: Int, count: Int) = (0, 0)

  /// Creates a session that waits for the client's first message.
  ///
  /// - Throws: ``TLSError`` of kind `internalFailure` when there is no memory.
  public init(context: TLSContext, exchange: TLSExchange) throws(TLSError) {
    guard let bio = exchange.bio, let ssl = SSL_new(context.opaqueHandle) else {
      throw TLSError(kind: .internalFailure, message: "no TLS session could be made: \(ErrorQueue.drainText())")
    }
    BIO_up_ref(bio)
    SSL_set_bio(ssl, bio, bio)
    SSL_set_accept_state(ssl)
    self.ssl = ssl
    self.exchange = exchange
  }

  deinit {
    SSL_free(ssl)
    kept?.deallocate()
  }

  /// Takes ciphertext as it was read from the socket, and writes what it decrypts to the start of `plaintext`.
  ///
  /// What must be sent (handshake, alerts) is appended to ``TLSExchange/output``, also when the session failed. All of
  /// the plaintext that came before a close or a failure is delivered. No ciphertext is ever lost: when `plaintext` is
  /// full, the session keeps a copy of the rest, ``TLSReceived/hasMore`` is true, and the caller calls again with empty
  /// ciphertext before it reads from the socket again (new ciphertext is put behind what is kept). With `plaintext` as
  /// large as `ciphertext` plus 16 KiB this does not happen.
  public func receive(
    _ ciphertext: UnsafeRawBufferPointer, into plaintext: UnsafeMutableRawBufferPointer
  ) -> TLSReceived {
    if failure != nil || closedByPeer { return received(0, hasMore: false, finished: false) }
    guard kept == nil else { return receiveKept(ciphertext, into: plaintext) }
    let state = exchange.state
    state.pointee.input = ciphertext.baseAddress
    state.pointee.inputLeft = ciphertext.count
    let result = drive(plaintext)
    if result.hasMore, state.pointee.inputLeft > 0 { keepRest() }
    state.pointee.input = nil
    state.pointee.inputLeft = 0
    return result
  }

  /// The same, with ciphertext that an earlier call had no room for.
  private func receiveKept(
    _ ciphertext: UnsafeRawBufferPointer, into plaintext: UnsafeMutableRawBufferPointer
  ) -> TLSReceived {
    let earlier = kept ?? UnsafeMutableRawBufferPointer(start: nil, count: 0)
    kept = nil
    var all = earlier
    if !ciphertext.isEmpty {
      all = .allocate(byteCount: earlier.count + ciphertext.count, alignment: 1)
      all.copyMemory(from: UnsafeRawBufferPointer(earlier))
      UnsafeMutableRawBufferPointer(rebasing: all[earlier.count...]).copyMemory(from: ciphertext)
      earlier.deallocate()
    }
    defer { all.deallocate() }
    return receive(UnsafeRawBufferPointer(all), into: plaintext)
  }

  private func keepRest() {
    let state = exchange.state
    let rest = UnsafeMutableRawBufferPointer.allocate(byteCount: state.pointee.inputLeft, alignment: 1)
    rest.copyMemory(from: UnsafeRawBufferPointer(start: state.pointee.input, count: state.pointee.inputLeft))
    kept = rest
  }

  /// Runs the handshake and decrypts until the input is used up, `plaintext` is full, or the session ends.
  private func drive(_ plaintext: UnsafeMutableRawBufferPointer) -> TLSReceived {
    let state = exchange.state
    ErrorQueue.clear()
    var finished = false
    if !isHandshakeComplete {
      let result = SSL_do_handshake(ssl)
      guard result == 1 else {
        ended(SSL_get_error(ssl, result))
        return received(0, hasMore: false, finished: false)
      }
      isHandshakeComplete = true
      finished = true
      SSL_set_msg_callback(ssl, nil)
    }
    state.pointee.controlMessages = 0
    var count = 0
    var isFull = false
    while state.pointee.inputLeft > 0 || SSL_has_pending(ssl) == 1 {
      guard count < plaintext.count, let base = plaintext.baseAddress else {
        isFull = true
        break
      }
      var got = 0
      let result = SSL_read_ex(ssl, base + count, plaintext.count &- count, &got)
      guard result == 1 else {
        ended(SSL_get_error(ssl, result))
        break
      }
      count &+= got
    }
    if state.pointee.controlMessages > 0 { countControlMessages(state.pointee.controlMessages) }
    return received(count, hasMore: isFull && failure == nil, finished: finished)
  }

  /// Ends the session if there were more of them than an honest peer ever needs.
  @inline(never)
  private func countControlMessages(_ count: Int) {
    guard failure == nil, !closedByPeer else { return }
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
    if time.tv_sec != controlMessages.second { controlMessages = (time.tv_sec, 0) }
    controlMessages.count &+= count
    guard controlMessages.count > ControlMessages.max else { return }
    sendCloseNotify()
    failure = TLSError(
      kind: .protocolViolation(alert: nil),
      message: "the TLS connection failed: too many key updates, alerts or attempts to renegotiate")
  }

  @inline(__always)
  private func received(_ count: Int, hasMore: Bool, finished: Bool) -> TLSReceived {
    let state: TLSState =
      if let failure { .failed(failure) } else if closedByPeer { .closedByPeer } else { .open }
    return TLSReceived(plaintextCount: count, state: state, hasMore: hasMore, handshakeFinished: finished)
  }

  /// Notes why OpenSSL did not go on.
  private func ended(_ code: Int32) {
    switch code {
    case SSL_ERROR_WANT_READ: break
    case SSL_ERROR_ZERO_RETURN: closedByPeer = true
    default: failure = makeFailure()
    }
  }

  /// Encrypts `plaintext` and appends the records, as few as possible (of at most 16 KiB each), to
  /// ``TLSExchange/output``.
  ///
  /// - Returns: `nil`, or why nothing can be sent: the handshake is not done, close_notify was sent, or the session
  ///   failed.
  public func send(_ plaintext: UnsafeRawBufferPointer) -> TLSError? {
    guard isHandshakeComplete, !closeNotifySent, failure == nil else { return notSendable() }
    ErrorQueue.clear()
    var done = 0
    while done < plaintext.count {
      var written = 0
      guard let base = plaintext.baseAddress,
        SSL_write_ex(ssl, base + done, plaintext.count &- done, &written) == 1
      else {
        let error = makeFailure()
        failure = error
        return error
      }
      done &+= written
    }
    return nil
  }

  private func notSendable() -> TLSError {
    if let failure { return failure }
    let why = closeNotifySent ? "close_notify was sent" : "the handshake is not finished"
    return TLSError(kind: .state, message: "nothing can be sent on this TLS session: \(why)")
  }

  /// Appends close_notify to ``TLSExchange/output``, once and only if the handshake is done and the session has not
  /// failed. The peer's is not waited for.
  public func sendCloseNotify() {
    guard isHandshakeComplete, !closeNotifySent, failure == nil else { return }
    closeNotifySent = true
    ErrorQueue.clear()
    if SSL_shutdown(ssl) < 0 { ErrorQueue.clear() }
  }

  /// Gives the session to the thread of another exchange. Call it when the output of the old one was sent and neither
  /// thread drives the session meanwhile; what the session keeps goes along.
  public func move(to exchange: TLSExchange) {
    guard let bio = exchange.bio else {
      failure = TLSError(kind: .internalFailure, message: "the TLS session could not be moved: no memory")
      return
    }
    BIO_up_ref(bio)
    SSL_set_bio(ssl, bio, bio)
    self.exchange = exchange
  }
}
