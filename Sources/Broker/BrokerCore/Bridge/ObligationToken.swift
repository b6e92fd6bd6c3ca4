/// Names one open ledger entry, from anywhere: the shard that keeps it, its slot and the slot's generation.
///
/// It fits in the low 48 bits of a word, so a bridge can carry it through a foreign library together with 16 bits of
/// its own. A token is discharged exactly once for each obligation; one whose generation is past is ignored.
public struct ObligationToken: Sendable, Hashable {
  /// generation (16 bits) | slot (24 bits) | shard (8 bits); the all-zero word is ``none``.
  public let word: UInt64

  /// No entry: nobody waits for an outcome.
  public static let none = ObligationToken(word: 0)

  /// Takes a word back that came from ``word``; bits above the lowest 48 are dropped.
  @inlinable
  public init(word: UInt64) { self.word = word & 0xFFFF_FFFF_FFFF }

  /// `generation` must not be 0.
  @inlinable
  public init(shard: Int, slot: Int, generation: UInt16) {
    word =
      UInt64(generation) << 32 | UInt64(truncatingIfNeeded: slot & 0xFF_FFFF) << 8
      | UInt64(truncatingIfNeeded: shard & 0xFF)
  }

  /// The shard that keeps the entry.
  @inlinable
  public var shard: Int { Int(word & 0xFF) }
  /// The entry's place in that shard's ledger.
  @inlinable
  public var slot: Int { Int(word >> 8 & 0xFF_FFFF) }
  /// Guards against a slot that was used again.
  @inlinable
  public var generation: UInt16 { UInt16(truncatingIfNeeded: word >> 32) }
}
