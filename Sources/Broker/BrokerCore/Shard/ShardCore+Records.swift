import MQTTCodec

/// Records from Kafka.
extension ShardCore {
  /// Publishes a batch from where its bytes lie.
  func publish(_ batch: borrowing RecordBatch) {
    counters.recordsPublished.add(batch.count)
    let source = batch.source
    batch.bytes.withUnsafeBytes { bytes in
      batch.publishers.withUnsafeBufferPointer { publishers in
        batch.records.withUnsafeBufferPointer { records in
          for index in records.indices {
            let publisher = publishers[Int(records[index].publisher)]
            publish(records[index], in: bytes, by: publisher, from: source)
          }
        }
      }
    }
  }

  @inline(__always)
  private func publish(
    _ record: RecordBatch.Record, in bytes: UnsafeRawBufferPointer, by publisher: Publisher,
    from source: any RecordSource
  ) {
    let propertiesStart = record.start &+ Int(record.topicCount)
    let payloadStart = propertiesStart &+ Int(record.propertiesCount)
    let topic = UnsafeRawBufferPointer(rebasing: bytes[record.start..<propertiesStart])
    var view = PublishView(
      topic: topic,
      payload: UnsafeRawBufferPointer(rebasing: bytes[payloadStart..<(payloadStart &+ Int(record.payloadCount))]),
      properties: UnsafeRawBufferPointer(rebasing: bytes[propertiesStart..<payloadStart]), qos: record.qos,
      isRetain: record.isRetain, by: publisher)
    if let expiry = record.expiresAtMilliseconds {
      guard expiry > now else {
        counters.expired.add()
        return complete(source, record.position, isReceived: false)
      }
      view.expirySeconds = UInt32(clamping: (expiry - now + 999) / 1000)
    }
    guard let route = try? route(to: topic) else {
      state.log.log(.warning, "a message with an invalid topic name was left out")
      return complete(source, record.position, isReceived: false)
    }
    if route.isDeadEnd, !view.isRetain { source.foundNoReceiver() }
    if route.plan == nil, route.otherShards.isEmpty, route.shares.isEmpty,
      view.qos == .atMostOnce || route.receivers.isEmpty
    {
      // Nobody will acknowledge it: the ledger has nothing to note.
      let distribution = distribute(view, on: route, publisherSerial: 0, token: .none)
      return complete(source, record.position, isReceived: distribution.isTakenAtOnce)
    }
    promise(view, on: route, for: record.position, of: source)
  }

  /// Publishes a record for which something may be owed.
  private func promise(
    _ view: PublishView, on route: Route, for position: RecordPosition, of source: any RecordSource
  ) {
    var opened = 0
    let token = ledger.reserve(.record(source, position)) ?? .none
    if let plan = route.plan, let outlet = state.outlet {
      if case .accepted(let obligations) = outlet.forward(view, on: plan, token: token) {
        opened = obligations
      } else {
        // Nobody can be asked to send it again, so nobody can be told but the log.
        counters.publishesRefused.add()
        state.log.log(
          .warning, "a record from Kafka could not be taken to another Kafka topic",
          [
            ("from_kafka_topic", view.publisher.kafkaTopic ?? ""),
            ("topic", String(decoding: view.topic.prefix(LogLine.valueBytesMax + 1), as: UTF8.self)),
          ])
      }
    }
    var distribution = distribute(view, on: route, publisherSerial: 0, token: token)
    distribution.obligations += opened
    if token != .none {
      ledger.open(token, obligations: distribution.obligations, isOvertaken: distribution.isTakenAtOnce)
    }
    if distribution.obligations == 0 || token == .none {
      complete(source, position, isReceived: distribution.isTakenAtOnce)
    }
  }
}
