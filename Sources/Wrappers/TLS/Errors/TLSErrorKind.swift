/// What a ``TLSError`` is about: what a program decides by, where a person reads the message.
public enum TLSErrorKind: Sendable, Equatable {
  /// A file is missing, not readable, too large or empty.
  case file
  /// A certificate does not parse, or is not usable as what it was given for.
  case certificate
  /// A private key does not parse, does not match its certificate, or its passphrase is missing or wrong.
  case key
  /// An option has a value that is not possible.
  case option
  /// The handshake failed. `alert` is the alert that the peer sent (RFC 8446, section 6), if it was the peer who gave
  /// up.
  case handshake(alert: UInt8?)
  /// The peer's certificate was refused, or one was required and none was given.
  case peerCertificate
  /// The peer broke the protocol after the handshake, or sent a fatal alert.
  case protocolViolation(alert: UInt8?)
  /// The operation is not possible in the session's state.
  case state
  /// The library or the system failed, for example for want of memory.
  case internalFailure
}
