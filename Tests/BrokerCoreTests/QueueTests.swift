import MQTTCodec
import Testing

@testable import BrokerCore

struct QueueTests {
  private let publisher = Publisher(clientID: [], userName: [])

  private func delivery(_ n: Int, bytes: Int = 1) -> QueuedDelivery {
    let payload = [UInt8](repeating: UInt8(truncatingIfNeeded: n), count: bytes)
    let message = Message(topic: [116], payload: payload, qos: .atLeastOnce, by: publisher)
    return QueuedDelivery(
      message: message, qos: .atLeastOnce, isRetain: false, subscriptionIdentifiers: [n == 0 ? 1 : UInt32(n)])
  }

  @Test func `a message queue gives back in order what it took, and counts it`() {
    var generator = SeededGenerator(seed: 3)
    var queue = MessageQueue()
    var model: [UInt32] = []
    for n in 1...20_000 {
      if Int.random(in: 0..<100, using: &generator) < ((n / 3000) % 2 == 0 ? 70 : 30) {
        #expect(queue.append(delivery(n), limits: Limits()) == true)
        model.append(UInt32(n))
      } else {
        #expect(queue.popFirst()?.subscriptionIdentifiers.first == (model.isEmpty ? nil : model.removeFirst()))
      }
      #expect(queue.count == model.count && queue.isEmpty == model.isEmpty && (queue.byteCount == 0) == model.isEmpty)
    }
  }

  @Test func `a message queue is bounded by messages and by bytes`() {
    var limits = Limits()
    limits.queueMessagesMax = 3
    limits.queueBytesMax = 1000
    var queue = MessageQueue()
    #expect(queue.append(delivery(1, bytes: 500), limits: limits) == true)
    #expect(queue.append(delivery(2, bytes: 500), limits: limits) == false)
    #expect(queue.append(delivery(3), limits: limits) == true)
    _ = queue.popFirst()
    #expect(queue.append(delivery(4), limits: limits) == true)
    #expect(queue.append(delivery(5), limits: limits) == true)
    #expect(queue.append(delivery(6), limits: limits) == false)
    #expect(queue.count == 3)
  }

  @Test func `a message queue takes what somebody upstream waits for past its bounds, and can be cut to them`() {
    var limits = Limits()
    limits.queueMessagesMax = 2
    limits.queueBytesMax = 1000
    var queue = MessageQueue()
    for n in 1...5 {
      var owed = delivery(n, bytes: 300)
      owed.token = ObligationToken(word: 9)
      #expect(queue.append(owed, limits: limits) == true)
    }
    #expect(queue.append(delivery(6), limits: limits) == false)
    #expect(queue.popFirst()?.subscriptionIdentifiers == [1])
    #expect(queue.cut(to: limits) == 2)
    #expect(queue.count == 2 && queue.byteCount < 1000)
    #expect(queue.all.flatMap(\.subscriptionIdentifiers) == [2, 3])
    limits.queueBytesMax = 500
    #expect(queue.cut(to: limits) == 1 && queue.count == 1)
    #expect(queue.cut(to: limits) == 0)
    _ = queue.popFirst()
    #expect(queue.byteCount == 0 && queue.cut(to: limits) == 0)
  }

  @Test func `unwanted messages are removed from a queue's middle`() {
    var queue = MessageQueue()
    for n in 1...10 { _ = queue.append(delivery(n), limits: Limits()) }
    _ = queue.popFirst()
    queue.removeAll { ($0.payload.first ?? 0) % 2 == 0 }
    #expect(queue.count == 4)
    var left: [UInt32] = []
    while let next = queue.popFirst() { left += next.subscriptionIdentifiers }
    #expect(left == [3, 5, 7, 9] && queue.byteCount == 0)
  }

  @Test func `obligations are taken out of a queue once`() {
    var queue = MessageQueue()
    var one = delivery(1)
    one.token = ObligationToken(word: 9)
    _ = queue.append(one, limits: Limits())
    _ = queue.append(delivery(2), limits: Limits())
    #expect(queue.takeTokens() == [ObligationToken(word: 9)])
    #expect(queue.takeTokens().isEmpty)
    #expect(queue.count == 2)
  }

  @Test func `acknowledgements leave in order, whatever order they are ready in`() {
    var generator = SeededGenerator(seed: 8)
    var queue = AcknowledgementQueue()
    var waiting: [(sequence: UInt32, id: UInt16)] = []
    var sent: [UInt16] = []
    for n in 0..<10_000 {
      let id = UInt16(truncatingIfNeeded: n)
      let isReady = Bool.random(using: &generator)
      let sequence = queue.append(
        Acknowledgement(packetID: id, isExactlyOnce: false, reason: .success), isReady: isReady)
      if !isReady { waiting.append((sequence, id)) }
      while waiting.count > 50 || (n == 9999 && !waiting.isEmpty) {
        let one = waiting.remove(at: Int.random(in: 0..<waiting.count, using: &generator))
        queue.ready(one.sequence, packetID: one.id, isExactlyOnce: false, reason: .success)
      }
      while let next = queue.popReady() { sent.append(next.packetID) }
    }
    #expect(sent == (0..<10_000).map { UInt16($0) } && queue.count == 0)
  }

  @Test func `what is ready after all was forgotten touches nothing new but the same QoS 2 publish`() {
    var queue = AcknowledgementQueue()
    let one = Acknowledgement(packetID: 1, isExactlyOnce: false, reason: .success)
    let two = Acknowledgement(packetID: 2, isExactlyOnce: true, reason: .success)
    let first = queue.append(one, isReady: false)
    let second = queue.append(two, isReady: false)
    queue.removeAll()
    queue.append(one, isReady: false)
    queue.append(two, isReady: false)
    queue.ready(first, packetID: 1, isExactlyOnce: false, reason: .success)
    #expect(queue.popReady() == nil)
    queue.ready(second, packetID: 2, isExactlyOnce: true, reason: .quotaExceeded)
    queue.ready(first &+ 2, packetID: 1, isExactlyOnce: false, reason: .success)
    #expect(queue.popReady() == one)
    #expect(queue.popReady()?.reason == .quotaExceeded)
  }

  @Test func `a client identifier has one owner until it is given back`() {
    let registry = SessionRegistry(sessionsMax: 2)
    #expect(registry.claim([1], by: 0) == .own && registry.claim([1], by: 0) == .own)
    #expect(registry.claim([1], by: 1) == .other(0))
    #expect(registry.claim([2], by: 1) == .own && registry.claim([3], by: 1) == .full)
    #expect(registry.claim([1], by: 1) == .other(0))
    registry.release([1])
    registry.release([1])
    #expect(registry.count == 1 && registry.claim([3], by: 1) == .own)
  }
}
