/// How one obligation of a ledger entry ended.
public enum DischargeOutcome: UInt8, Sendable {
  /// The promise is kept: for Kafka, all in-sync replicas have the record.
  case fulfilled
  /// It can't be kept now, for want of room (MQTT 5.0 reason code 0x97, Quota exceeded).
  case refusedForQuota
  /// It can't be kept (MQTT 5.0 reason code 0x83, Implementation specific error).
  case refused
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
