internal import CRdKafka
internal import Glibc
internal import Synchronization

/// A consumer's loop, and the next one when its client can't go on.
final class ConsumerSupervisor: Sendable {
  /// Pause before the group is asked whether a lost place is free.
  private static let pauseSeconds = 10.0
  /// How long one answer may take.
  private static let answerSeconds = 2.0
  /// How soon the end of a consumer is noticed meanwhile.
  private static let stepSeconds = 0.1

  private let configuration: KafkaConfiguration
  private let membership: KafkaMembership
  private let topics: [KafkaTopicPattern]
  private let log: KafkaLogHandler
  private let handler: any KafkaConsumerHandler
  private let closing = ConsumerClosing()
  private let loop: Mutex<ConsumerLoop>

  init(
    configuration: KafkaConfiguration, membership: KafkaMembership, topics: [KafkaTopicPattern],
    log: @escaping KafkaLogHandler, handler: any KafkaConsumerHandler
  ) throws(KafkaError) {
    self.configuration = configuration
    self.membership = membership
    self.topics = topics
    self.log = log
    self.handler = handler
    loop = Mutex(
      try Self.makeLoop(
        configuration, membership: membership, topics: topics, closing: closing, log: log, handler: handler))
  }

  /// The loop that reads now.
  var current: ConsumerLoop { loop.withLock { $0 } }

  /// Has the thread come to its end.
  func close(timeoutSeconds: Double) {
    closing.close(timeoutSeconds: timeoutSeconds)
    current.wake()
  }

  /// The thread's body: reads until it is closed.
  func run() {
    while current.run() == .unfit {
      guard let next = waitForPlace() else { return }
      loop.withLock { $0 = next }
    }
  }

  /// A loop with a new client, once the group has no member of this one's name; nil when the consumer is closed before.
  private func waitForPlace() -> ConsumerLoop? {
    while pause() {
      guard isPlaceFree else { continue }
      do throws(KafkaError) {
        return try Self.makeLoop(
          configuration, membership: membership, topics: topics, closing: closing, log: log, handler: handler)
      } catch { handler.failed(error) }
    }
    return nil
  }

  private var isPlaceFree: Bool {
    guard let instance = membership.instance else { return true }
    do throws(KafkaError) {
      let admin = try KafkaAdmin(configuration: configuration) { _ in }
      let members = try admin.memberIDs(ofGroup: membership.group, timeoutSeconds: Self.answerSeconds)
      return !members.contains { KafkaMembership.isIdentifier($0, ofInstance: instance) }
    } catch { return false }
  }

  /// False when the consumer was closed meanwhile.
  private func pause() -> Bool {
    var left = Self.pauseSeconds
    while left > 0 {
      if closing.timeoutSeconds != nil { return false }
      usleep(UInt32(Self.stepSeconds * 1_000_000))
      left -= Self.stepSeconds
    }
    return true
  }

  private static func makeLoop(
    _ configuration: KafkaConfiguration, membership: KafkaMembership, topics: [KafkaTopicPattern],
    closing: ConsumerClosing, log: @escaping KafkaLogHandler, handler: any KafkaConsumerHandler
  ) throws(KafkaError) -> ConsumerLoop {
    try ConsumerLoop(
      conf: try native(configuration, membership, topics: topics),
      credentials: (name: configuration["sasl.username"] ?? "", password: configuration["sasl.password"] ?? ""),
      membership: membership, topics: topics, positions: isLatest(configuration) ? StartPositions() : nil,
      closing: closing, log: log, handler: handler)
  }

  /// The library's configuration of a consumer, which the caller owns.
  static func native(
    _ configuration: KafkaConfiguration, _ membership: KafkaMembership, topics: [KafkaTopicPattern] = []
  ) throws(KafkaError) -> OpaquePointer {
    let hasExpression = topics.contains(where: \.isExpression)
    let configuration = (hasExpression ? configuration.leavingInternalTopicsOut : configuration)
      .defaulting("auto.offset.reset", to: "earliest")
      .defaulting("auto.commit.interval.ms", to: "1000")
      .defaulting("topic.metadata.refresh.interval.ms", to: "30000")
      // Some milliseconds of reading at full speed, so that Kafka's answer comes before they are over. A small record
      // takes about 600 bytes of memory; one answer more may be on its way, which has as many bytes at most.
      .defaulting("queued.min.messages", to: "20000")
      .defaulting("queued.max.messages.kbytes", to: "4096")
    // The library begins at the beginning, also where Kafka has nothing at an offset any more; what `latest` leaves out
    // is chosen by ``StartPositions``.
    let forLibrary =
      isLatest(configuration) ? configuration.replacing("auto.offset.reset", with: "earliest") : configuration
    var fixed = KafkaConfiguration.fixedForConsumers + [("group.id", membership.group)]
    if let instance = membership.instance { fixed.append(("group.instance.id", instance)) }
    let conf = try forLibrary.makeNative(fixed: fixed)
    if configuration["fetch.queue.backoff.ms"] == nil {
      // How long the fetcher rests: unknown to librdkafka before 2.3.
      _ = withErrorText { rd_kafka_conf_set(conf, "fetch.queue.backoff.ms", "10", $0, $1) }
    }
    return conf
  }

  private static func isLatest(_ configuration: KafkaConfiguration) -> Bool {
    ["latest", "largest", "end"].contains(configuration["auto.offset.reset"] ?? "")
  }
}
