import MQTTCodec
import Testing

@testable import BrokerCore

struct CacheTests {
  private func route(_ topic: String, _ cache: MatchCache, serial: UInt32) -> Route {
    let bytes = Array(topic.utf8)
    return Route(topic: bytes, hash: bytes.withUnsafeBytes { cache.hash($0) }, serial: serial)
  }

  private func find(_ topic: String, _ cache: MatchCache) -> Route? {
    Array(topic.utf8).withUnsafeBytes { cache.find($0, hash: cache.hash($0)) }
  }

  @Test func `a route is found by its topic and by no other`() {
    var cache = MatchCache(topicsMax: 1000, seed: 1)
    #expect(find("a", cache) == nil)
    for topic in ["a", "b", "a/b", "aaaaaaaa", "aaaaaaaab", ""] { cache.insert(route(topic, cache, serial: 1)) }
    for topic in ["a", "b", "a/b", "aaaaaaaa", "aaaaaaaab", ""] {
      #expect(find(topic, cache)?.topic == Array(topic.utf8))
    }
    #expect(find("aaaaaaaaa", cache) == nil && find("c", cache) == nil)
    cache.removeAll()
    #expect(find("a", cache) == nil)
  }

  @Test func `a cache holds no more than its bound, and what it holds is right`() {
    var cache = MatchCache(topicsMax: 1024, seed: 99)
    for n in 0..<10_000 { cache.insert(route("t/\(n)", cache, serial: UInt32(n))) }
    var held = 0
    for n in 0..<10_000 {
      guard let found = find("t/\(n)", cache) else { continue }
      #expect(found.serial == UInt32(n))
      held += 1
    }
    #expect(held > 256 && held <= 1024)
    #expect(find("t/9999", cache) != nil)
  }

  @Test func `hashes differ by seed`() {
    let one = MatchCache(topicsMax: 256, seed: 1)
    let two = MatchCache(topicsMax: 256, seed: 2)
    #expect(route("topic", one, serial: 0).hash != route("topic", two, serial: 0).hash)
  }

  @Test func `a route is computed again when subscriptions change, and long topics are not remembered`() {
    let broker = TestBroker()
    let publisher = broker.connect("p")
    publisher.publish("t")
    let core = broker.cores[0]
    #expect(find("t", core.cache)?.receivers.isEmpty == true)
    let client = broker.connect("c")
    client.subscribe("t")
    publisher.publish("t")
    #expect(find("t", core.cache)?.receivers.count == 1 && client.takeDeliveries().count == 1)
    let long = String(repeating: "x", count: 60_000)
    client.subscribe(long)
    publisher.publish(long)
    #expect(client.takeDeliveries().count == 1 && find(long, core.cache) == nil)
    client.lose()
    publisher.publish("t")
    #expect(find("t", core.cache)?.receivers.isEmpty == true)
  }

  @Test func `a decision is remembered for one client and one route only`() {
    var cache = DecisionCache()
    let a = cache.nextKey()
    let b = cache.nextKey()
    #expect(a != b && a != 0 && b != 0)
    cache.allow(client: a, route: 1)
    #expect(cache.isAllowed(client: a, route: 1))
    #expect(
      !cache.isAllowed(client: b, route: 1) && !cache.isAllowed(client: a, route: 2)
        && !cache.isAllowed(client: 0, route: 0 + 1))
    cache.removeAll()
    #expect(!cache.isAllowed(client: a, route: 1))
  }

  @Test func `a decision that was displaced is asked again, never guessed`() {
    var cache = DecisionCache()
    let client = cache.nextKey()
    for route in 1...50_000 as ClosedRange<UInt32> { cache.allow(client: client, route: route) }
    for route in 50_001...100_000 as ClosedRange<UInt32> { #expect(!cache.isAllowed(client: client, route: route)) }
  }
}
