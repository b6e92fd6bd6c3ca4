import COpenSSL

/// Counts what a peer makes a session do that moves no data: key updates, alerts, attempts to renegotiate.
///
/// A key update has 27 bytes and costs two derivations of keys, some 10 µs, and as much again if it asks for one.
/// OpenSSL takes any number of them in one call, so that one read of a flood would hold all sessions of the thread up
/// for tens of milliseconds.
enum ControlMessages {
  /// In one call, and in one second, a session takes this many. An honest peer needs one in weeks; a key update that
  /// asks for one counts twice.
  static let max = 64

  /// The callback for `SSL_CTX_set_info_callback`, which is not called for data.
  static let note: @convention(c) (OpaquePointer?, Int32, Int32) -> Void = { ssl, event, _ in
    guard let ssl, event & SSL_CB_ALERT != 0 || event & SSL_CB_LOOP != 0 && isKeyUpdate(SSL_get_state(ssl)),
      let bio = SSL_get_rbio(ssl), let state = BIO_get_data(bio)?.assumingMemoryBound(to: ExchangeState.self)
    else { return }
    state.pointee.controlMessages &+= 1
    // The session is over; nothing more is to be read for it.
    if state.pointee.controlMessages > max { state.pointee.inputLeft = 0 }
  }

  private static func isKeyUpdate(_ state: OSSL_HANDSHAKE_STATE) -> Bool {
    state == TLS_ST_SR_KEY_UPDATE || state == TLS_ST_SW_KEY_UPDATE
  }
}
