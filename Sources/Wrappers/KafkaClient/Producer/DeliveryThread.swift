internal import CRdKafka
internal import Glibc
internal import Synchronization

/// The thread that drains a producer's events, and puts a new client in the place of one that ended.
final class DeliveryThread: Sendable {
  private let core: ProducerCore
  private let isStopping: Flag
  private let thread: ClientThread

  private final class Flag: Sendable { let isSet = Atomic<Bool>(false) }

  /// `makeWork` is called on the thread, which alone uses what it gives.
  init(core: ProducerCore, makeWork: @escaping @Sendable () -> DeliveryWork) throws(KafkaError) {
    let isStopping = Flag()
    self.core = core
    self.isStopping = isStopping
    thread = try ClientThread(name: "kafka-delivery") {
      let work = makeWork()
      while true {
        let isLast = isStopping.isSet.load(ordering: .acquiring)
        let event = rd_kafka_queue_poll(core.events, isLast ? 0 : DeliveryThread.pollMilliseconds)
        if let event { work.take(event) }
        work.lookAfter()
        if isLast, event == nil { return work.finish() }
      }
    }
  }

  /// Waits until every queued record's report was handed over; true when it was.
  func waitUntilHandedOver(timeoutSeconds: Double) -> Bool {
    // Only used when closing, after the library said that nothing is left: the reports are at most one batch away.
    var left = Int(timeoutSeconds * 1000)
    while core.queued.records.load(ordering: .acquiring) > 0 {
      guard left > 0 else { return false }
      left -= 1
      usleep(1000)
    }
    return true
  }

  /// Ends the thread, after what is ready was handed over.
  func stop() {
    isStopping.isSet.store(true, ordering: .releasing)
    core.wake()
    thread.join()
  }

  /// Longest sleep: a wake-up can be lost only if it comes before the wait, and then costs this much. It is also how
  /// soon records are noticed whose time is over.
  private static let pollMilliseconds: Int32 = 200
}
