/// How one obligation of a ledger entry ended.
public enum DischargeOutcome: UInt8, Sendable {
  /// The promise is kept: for Kafka, all in-sync replicas have the record.
  case fulfilled
  /// There was nobody to keep it for, or there no longer is: it is over as if it were kept.
  case unneeded
  /// As ``refused``, and a 3.x publisher, which can't be told, is acknowledged.
  case refusedUntold
  /// It can't be kept (MQTT 5.0 reason code 0x83, Implementation specific error).
  case refused
  /// It can't be kept now, for want of room (MQTT 5.0 reason code 0x97, Quota exceeded).
  case refusedForQuota

  /// Whether it was not kept, and the publisher must hear of it.
  @inlinable
  public var isRefusal: Bool {
    switch self {
    case .fulfilled, .unneeded: false
    case .refusedUntold, .refused, .refusedForQuota: true
    }
  }

  /// What counts of two obligations of one entry. What can be kept another time comes first: whoever sends again for it
  /// hears of the other then.
  func worse(than other: DischargeOutcome) -> Bool { rawValue > other.rawValue }
}

/// One obligation that ended, as it travels from a bridge's thread to the shard that keeps the entry.
public struct Discharge: Sendable, Equatable {
  /// Which entry.
  public let token: ObligationToken
  /// How it ended.
  public let outcome: DischargeOutcome

  /// Pairs a token with its outcome.
  @inlinable
  public init(token: ObligationToken, outcome: DischargeOutcome) {
    self.token = token
    self.outcome = outcome
  }
}
