internal import BrokerCore
internal import KafkaClient
internal import Synchronization

/// Turns delivery reports into counters and discharges. Runs on the delivery thread.
final class DeliveryDesk: Sendable {
  private let mappings: [OutboundMapping]
  private let log: any Log
  /// Set once, before any shard can forward.
  let mailboxes = Mutex<(any ShardMailboxes)?>(nil)

  init(mappings: [OutboundMapping], log: any Log) {
    self.mappings = mappings
    self.log = log
  }

  func take(_ reports: [DeliveryReport]) {
    let mailboxes = mailboxes.withLock { $0 }
    var delivered = [UInt64](repeating: 0, count: mappings.count)
    var discharges = [[Discharge]](repeating: [], count: mailboxes?.shardCount ?? 0)
    for report in reports {
      let index = Int(report.opaque >> OutboundBridge.mappingShift)
      let outcome: DischargeOutcome
      if report.code == .success {
        if index < delivered.count { delivered[index] += 1 }
        outcome = .fulfilled
      } else if report.code == .expired {
        // Its time is over, as its publisher wanted it: nobody needs to send it again.
        if index < mappings.count { mappings[index].counters.expire() }
        outcome = .fulfilled
      } else {
        outcome = refused(report, index)
      }
      let token = ObligationToken(word: report.opaque)
      if token != .none, token.shard < discharges.count {
        discharges[token.shard].append(Discharge(token: token, outcome: outcome))
      }
    }
    for (mapping, count) in zip(mappings, delivered) where count > 0 {
      mapping.counters.delivered.wrappingAdd(count, ordering: .releasing)
    }
    for (shard, batch) in discharges.enumerated() where !batch.isEmpty { mailboxes?.post(discharges: batch, to: shard) }
  }

  private func refused(_ report: DeliveryReport, _ index: Int) -> DischargeOutcome {
    let refusal = Refusal(report.code)
    if index < mappings.count {
      mappings[index].counters.refuse()
      let failure = report.failure
      mappings[index].explain(
        refusal, topic: nil, kafkaTopic: failure?.topic,
        bytes: refusal == .tooLarge ? failure.map { ($0.bytes, $0.topicBytesMax) } : nil, to: log)
    }
    if refusal.isForNow { return .refusedForQuota }
    let acknowledges =
      index < mappings.count ? mappings[index].acknowledgesRefused : index == OutboundBridge.noMappingUntold
    return acknowledges ? .refusedUntold : .refused
  }
}
