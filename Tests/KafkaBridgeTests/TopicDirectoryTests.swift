import BrokerCore
import KafkaClient
import Synchronization
import Testing

@testable import KafkaBridge

struct TopicDirectoryTests {
  private let directory = TopicDirectory()
  private let kafka: EmbeddedKafka
  private let producer: KafkaProducer
  private let route: KafkaRoute
  private let name = Array("tt-1".utf8)

  init() throws {
    kafka = try EmbeddedKafka()
    producer = try KafkaProducer(
      configuration: KafkaConfiguration(bootstrapServers: kafka.bootstrapServers), log: { _ in }, deliveries: { _ in })
    let mapping = try OutboundMapping(ToKafkaMapping(name: "m", filter: "a/{x}", topic: "tt-{x}"), index: 0)
    let producer = producer
    route = Array("a/1".utf8).withUnsafeBytes {
      KafkaRoute(mapping, topicBytes: $0, captures: [2..<3], producer: producer, origin: { _ in nil })
    }
  }

  private func publish(_ number: UInt8) -> WaitingPublish {
    let message = Message(
      topic: Array("a/1".utf8), payload: [number], qos: quality(ofLevel: 1), by: Publisher(clientID: [1], userName: []))
    return WaitingPublish(message: message, expirySeconds: nil, route: route, opaque: 0)
  }

  private enum Found: Equatable { case known, waits, refused(Refusal) }

  private func find(
    _ number: UInt8, name: [UInt8]? = nil, by client: [UInt8] = [1], at now: Double = 0, asks: Bool = false
  ) -> Found {
    var asked = 0
    let finding = directory.find(
      name ?? self.name, by: client, atSeconds: now, waiting: { publish(number) }, ask: { _ in asked += 1 })
    #expect(asked == (asks ? 1 : 0))
    return switch finding {
    case .known: .known
    case .waits: .waits
    case .refused(let refusal): .refused(refusal)
    }
  }

  private var waiting: Int { directory.waiting.records.load(ordering: .relaxed) }

  @Test func `what waits for a topic is forwarded in order once Kafka has it, and then it is known`() throws {
    #expect(find(1, asks: true) == .waits && find(2) == .waits && find(3) == .waits && waiting == 3)
    #expect(directory.waiting.bytes.load(ordering: .relaxed) == 12)
    var forwarded: [UInt8] = []
    directory.settle(name, as: try producer.topic(named: "tt-1")) { forwarded += $0.message.payload }
    #expect(forwarded == [1, 2, 3] && waiting == 0 && find(4) == .known)
    #expect(directory.waiting.bytes.load(ordering: .relaxed) == 0)
    directory.forget(name)
    #expect(find(5, asks: true) == .waits)
  }

  @Test func `what Kafka doesn't have is refused for a while, and asked for again`() {
    #expect(find(1, asks: true) == .waits)
    var refused: [UInt8] = []
    directory.settle(name, as: .kafka(.unknownTopic), isMissing: true, atSeconds: 3) { refused += $0.message.payload }
    #expect(refused == [1] && waiting == 0)
    #expect(find(2, at: 12.9) == .refused(.kafka(.unknownTopic)))
    #expect(find(3, at: 13.1, asks: true) == .waits)
  }

  @Test func `a client with too many new names is refused, and neither others nor what is known`() throws {
    #expect(find(1, asks: true) == .waits)
    directory.settle(name, as: try producer.topic(named: "tt-1")) { _ in }
    for number in 1..<1_000 { #expect(find(1, name: Array("made-\(number)".utf8), asks: true) == .waits) }
    #expect(find(1, name: Array("one more".utf8)) == .refused(.tooManyNewTopics))
    #expect(find(1) == .known)
    #expect(find(1, name: Array("another".utf8), by: [2], asks: true) == .waits)
    #expect(Refusal.tooManyNewTopics.isForNow && !Refusal.kafka(.unknownTopic).isForNow)
  }

  @Test func `nothing waits any more once it is closed`() {
    #expect(find(1, asks: true) == .waits)
    var refused: [UInt8] = []
    directory.close { refused += $0.message.payload }
    #expect(refused == [1] && waiting == 0 && find(2) == .refused(.stopped))
  }
}
