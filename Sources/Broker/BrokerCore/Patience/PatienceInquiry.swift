/// Asks the shard that keeps the entries of some records whether others wait because of the client that has them.
///
/// The records are a sample: a client may have as many as all partitions together have open.
public struct PatienceInquiry: Sendable {
  /// One record of the sample.
  struct Sample {
    /// Its entry at the shard that is asked.
    let token: ObligationToken
    /// Somebody else on the client's own shard has it already.
    let isOvertaken: Bool
    /// It was not sent yet.
    let isQueued: Bool
    /// How many records it stands for.
    let weight: Int
  }

  /// The session of the client.
  let session: UInt64
  /// The shard of that session, which gets the ``PatienceFinding``.
  let shard: Int
  /// The number of the look.
  let look: UInt32
  /// Oldest first.
  var samples: [Sample] = []
}
