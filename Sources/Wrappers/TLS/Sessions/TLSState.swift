/// Where the receiving side of a ``TLSSession`` stands.
public enum TLSState: Sendable, Equatable {
  /// More may come: the handshake goes on, or it is done and data flows.
  case open
  /// The peer said with close_notify that it sends no more. Sending is still possible.
  case closedByPeer
  /// The session is over. What is in ``TLSExchange/output`` (an alert) may still be sent before the socket is closed.
  case failed(TLSError)
}
