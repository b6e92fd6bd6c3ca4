/// What a ``PatienceInquiry`` found, if it found something.
public struct PatienceFinding: Sendable, Equatable {
  /// The session that it is about.
  let session: UInt64
  /// The number of the look.
  let look: UInt32
  /// A partition is full with what the client has not acknowledged, and others could go on: otherwise they are only
  /// further than the client.
  let isFull: Bool
}
