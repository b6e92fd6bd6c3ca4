extension ConsumerLoop {
  /// Called by the library inside a read, so on the consumer's thread.
  func committed(_ code: KafkaErrorCode) {
    // There was nothing to commit.
    if code == .noOffset { return }
    let error = KafkaError(code: code, reason: "offsets could not be committed: \(code)")
    handler.committed(code == .success ? nil : error)
  }

  /// Called by the library inside a read, so on the consumer's thread.
  func observe(_ statistics: KafkaConsumerStatistics) {
    var statistics = statistics
    for index in statistics.brokers.indices {
      let address = statistics.brokers[index].address
      if statistics.brokers[index].isUp {
        client.failures.forget(address)
      } else {
        statistics.brokers[index].failure = client.failures.reason(for: address)
      }
    }
    if let coordinator = statistics.coordinator, !coordinator.isUp {
      // Its connection has no address in its name.
      statistics.coordinator?.failure =
        client.failures.reason(for: "GroupCoordinator") ?? client.failures.reason(for: coordinator.address)
    } else {
      client.failures.forget("GroupCoordinator")
    }
    handler.observed(statistics)
  }
}
