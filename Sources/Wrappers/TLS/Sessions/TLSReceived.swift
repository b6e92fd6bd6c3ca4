/// What one ``TLSSession/receive(_:into:)`` brought. Making one allocates nothing unless the session failed.
public struct TLSReceived: Sendable {
  /// How many bytes of plaintext were written, from the start of the memory that was given; they count whatever
  /// ``state`` is.
  public let plaintextCount: Int
  /// Where the receiving side stands behind this plaintext.
  public let state: TLSState
  /// The plaintext memory was full before everything was decrypted: call again, with empty ciphertext.
  public let hasMore: Bool
  /// The handshake became complete in this call.
  public let handshakeFinished: Bool
}
