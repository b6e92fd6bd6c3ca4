import MQTTCodec
import Testing

@testable import BrokerCore

/// Which routes a change of subscriptions makes out of date.
struct RouteChangeTests {
  private let broker = TestBroker()
  private var index: SubscriptionIndex { broker.state.subscriptions }

  private func unchanged(_ topic: String, since generation: UInt64) -> UInt64? {
    index.generationIfUnchanged(for: Array(topic.utf8), since: generation)
  }

  @Test func `a change concerns the topics that its filter matches, and no others`() {
    let client = broker.connect("c")
    let start = index.generation
    client.subscribe("a/+")
    client.subscribe("$share/g/b/#")
    #expect(unchanged("a/b", since: start) == nil && unchanged("b", since: start) == nil)
    #expect(unchanged("a/b/c", since: start) == start + 2 && unchanged("c", since: start) == start + 2)
    #expect(unchanged("a/b", since: start + 1) == start + 2)
    client.unsubscribe("a/+")
    #expect(unchanged("a/b", since: start + 2) == nil && unchanged("b", since: start + 2) == start + 3)
  }

  @Test func `a client that comes back concerns what it subscribes to`() {
    let client = broker.connect(.durable("c"))
    client.subscribe("a/#")
    client.lose()
    let start = index.generation
    _ = broker.connect(.durable("c"))
    #expect(unchanged("a/b", since: start) == nil && unchanged("b", since: start) != nil)
    _ = broker.connect("without subscriptions")
    #expect(unchanged("b", since: start) != nil)
  }

  @Test func `many changes at once concern every topic`() {
    let client = broker.connect(.durable("c"))
    let start = index.generation
    for n in 0..<64 { client.subscribe("x/\(n)") }
    #expect(unchanged("a", since: start) == start + 64)
    client.subscribe("x/64")
    #expect(unchanged("a", since: start) == nil)
    client.lose()
    let before = index.generation
    _ = broker.connect(.durable("c"))
    #expect(unchanged("a", since: before) == nil)
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `routes follow every change`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let filters = ["a", "a/b", "a/+", "+/b", "#", "a/#", "+/+/c", "b/#", "a/b/c", "$share/g/a/#", "$share/h/+"]
    let topics = ["a", "b", "a/b", "b/b", "a/b/c", "c"]
    let clients = (0..<4).map { broker.connect("c\($0)") }
    let publisher = broker.connect("p")
    var held: [Set<String>] = Array(repeating: [], count: clients.count)
    for step in 0..<400 {
      for _ in 0..<Int.random(in: 0...3, using: &generator) {
        let who = Int.random(in: 0..<clients.count, using: &generator)
        guard let filter = filters.randomElement(using: &generator) else { continue }
        if held[who].remove(filter) != nil {
          clients[who].unsubscribe(filter)
        } else {
          clients[who].subscribe(filter)
          held[who].insert(filter)
        }
      }
      guard let topic = topics.randomElement(using: &generator) else { continue }
      for client in clients { _ = client.take() }
      publisher.publish(topic, "\(step)")
      var due = 0
      for (who, client) in clients.enumerated() {
        let own = held[who].contains { !$0.hasPrefix("$") && matches($0, topic) }
        let got = client.takeDeliveries().count
        due += got - (own ? 1 : 0)
        #expect(got >= (own ? 1 : 0), "seed \(seed), step \(step)")
      }
      let groups = Set(held.joined().filter { $0.hasPrefix("$") && matches($0, topic) })
      #expect(due == groups.count, "seed \(seed), step \(step): one delivery for each group")
    }
  }

  private func matches(_ filter: String, _ topic: String) -> Bool {
    Array(topic.utf8).withUnsafeBytes { TopicFilter(Array(filter.utf8))?.matches(topic: $0) ?? false }
  }
}
