/// What one try to accept a connection gave.
public enum AcceptedConnection: Sendable, Equatable {
  /// A connection: its descriptor, which is now the caller's to close, and who it is.
  case connection(descriptor: Int32, peer: SocketAddress)
  /// No connection waits.
  case nothingWaiting
  /// This one went away before it was taken; others may wait, so try again.
  case aborted
  /// Descriptors or memory are used up. The connection still waits, and would be reported for ever: stop reading for a
  /// while.
  case exhausted
}
