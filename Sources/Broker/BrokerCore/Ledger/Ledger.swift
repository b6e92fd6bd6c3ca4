/// Who is told when all obligations of an entry are discharged.
public enum LedgerOwner {
  /// A client's publish: the session, its place in that session's ``AcknowledgementQueue``, and what it is there.
  case publish(Session, sequence: UInt32, packetID: UInt16, isExactlyOnce: Bool)
  /// A record from Kafka.
  case record(any RecordSource, RecordPosition)
  /// An entry of another shard, for which this shard delivers.
  case remote(ObligationToken)
}

/// The books of one shard: what was promised to whom, and how many obligations are still open for it.
///
/// A publish or a record reserves an entry, opens its count of obligations, and each ``discharge(_:)`` takes one off;
/// at zero the owner comes back to be told. A value without I/O, confined to its shard.
public struct Ledger {
  private struct Entry {
    var owner: LedgerOwner?
    var remaining: Int32 = 0
    var generation: UInt16 = 0
    var outcome = DischargeOutcome.fulfilled
    /// Somebody has the message for whom it was opened, while it is open for others.
    var isOvertaken = false
  }

  private var entries: [Entry] = []
  private var free: [UInt32] = []
  private let shard: Int
  private let entriesMax: Int

  /// An empty ledger of shard number `shard`, for at most `entriesMax` open entries.
  public init(shard: Int, entriesMax: Int) {
    self.shard = shard
    self.entriesMax = min(entriesMax, 1 << 24)
  }

  /// Entries that are open now.
  public var openCount: Int { entries.count - free.count }

  /// Takes an entry whose obligations will be counted by ``open(_:obligations:)``; nil when all are taken.
  public mutating func reserve(_ owner: LedgerOwner) -> ObligationToken? {
    let slot: Int
    if let reused = free.popLast() {
      slot = Int(reused)
    } else if entries.count < entriesMax {
      slot = entries.count
      entries.append(Entry())
    } else {
      return nil
    }
    // Generation 0 never occurs, so that no token equals ObligationToken.none.
    let generation = entries[slot].generation == .max ? 1 : entries[slot].generation + 1
    entries[slot].owner = owner
    entries[slot].generation = generation
    entries[slot].remaining = 0
    entries[slot].outcome = .fulfilled
    entries[slot].isOvertaken = false
    return ObligationToken(shard: shard, slot: slot, generation: generation)
  }

  /// Counts the obligations of a reserved entry. With 0 the entry is given back. `isOvertaken` says that somebody else
  /// has the message already, who needed no obligation.
  public mutating func open(_ token: ObligationToken, obligations: Int, isOvertaken: Bool = false) {
    guard isOpen(token) else { return }
    if obligations == 0 {
      release(token.slot)
    } else {
      entries[token.slot].remaining = Int32(clamping: obligations)
      entries[token.slot].isOvertaken = isOvertaken
    }
  }

  /// Whom an open entry is for, and whether somebody else than those for whom it is still open has its message already;
  /// nil for a token that is past.
  func entry(_ token: ObligationToken) -> (owner: LedgerOwner, isOvertaken: Bool)? {
    guard isOpen(token), let owner = entries[token.slot].owner else { return nil }
    return (owner, entries[token.slot].isOvertaken)
  }

  /// Takes one obligation off. Returns the owner and the worst outcome once none is left, nil before that and for a
  /// token that is past.
  public mutating func discharge(_ discharge: Discharge) -> (owner: LedgerOwner, outcome: DischargeOutcome)? {
    guard isOpen(discharge.token) else { return nil }
    let slot = discharge.token.slot
    if discharge.outcome.isRefusal, discharge.outcome.worse(than: entries[slot].outcome) {
      entries[slot].outcome = discharge.outcome
    }
    entries[slot].remaining -= 1
    guard entries[slot].remaining <= 0, let owner = entries[slot].owner else {
      if discharge.outcome == .fulfilled { entries[slot].isOvertaken = true }
      return nil
    }
    var outcome = entries[slot].outcome
    // In the end nobody has it.
    if outcome == .fulfilled, discharge.outcome == .unneeded, !entries[slot].isOvertaken { outcome = .unneeded }
    release(slot)
    return (owner, outcome)
  }

  private func isOpen(_ token: ObligationToken) -> Bool {
    token.slot < entries.count && entries[token.slot].generation == token.generation && entries[token.slot].owner != nil
  }

  private mutating func release(_ slot: Int) {
    entries[slot].owner = nil
    free.append(UInt32(slot))
  }
}
