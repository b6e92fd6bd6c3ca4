/// How long ago a shard finished a round of its loop. A shard beats at least each second, also when idle.
public struct ShardHeartbeat: Sendable, Equatable {
  /// The shard's number.
  public var shard: Int
  /// Milliseconds since its last beat.
  public var ageMilliseconds: Int64

  /// A beat older than this means that the shard hangs: nothing that a shard does takes nearly as long, and
  /// a machine that is only busy does not reach it.
  public static let ageMillisecondsMax: Int64 = 10_000

  /// States a shard's age.
  public init(shard: Int, ageMilliseconds: Int64) {
    self.shard = shard
    self.ageMilliseconds = ageMilliseconds
  }
}
