import MQTTCodec
import Testing

@testable import BrokerCore

struct QueueTests {
  private let publisher = Publisher(clientID: [], userName: [])

  private func delivery(_ n: Int, bytes: Int = 1, qos: QoS = .atLeastOnce) -> QueuedDelivery {
    let payload = [UInt8](repeating: UInt8(truncatingIfNeeded: n), count: bytes)
    let message = Message(topic: [116], payload: payload, qos: qos, by: publisher)
    return QueuedDelivery(
      message: message, qos: qos, isRetain: false, subscriptionIdentifiers: [n == 0 ? 1 : UInt32(n)])
  }

  @Test func `a message queue gives back in order what it took, and counts it`() {
    var generator = SeededGenerator(seed: 3)
    var queue = MessageQueue()
    var model: [UInt32] = []
    for n in 1...20_000 {
      if Int.random(in: 0..<100, using: &generator) < ((n / 3000) % 2 == 0 ? 70 : 30) {
        #expect(queue.append(delivery(n), limits: ClientLimits(Limits())) == 0)
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
    let client = ClientLimits(limits)
    var queue = MessageQueue()
    #expect(queue.append(delivery(1, bytes: 500), limits: client) == 0)
    #expect(queue.append(delivery(2, bytes: 500), limits: client) == nil)
    #expect(queue.append(delivery(3), limits: client) == 0)
    _ = queue.popFirst()
    #expect(queue.append(delivery(4), limits: client) == 0)
    #expect(queue.append(delivery(5), limits: client) == 0)
    #expect(queue.append(delivery(6), limits: client) == nil)
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
      #expect(queue.append(owed, limits: ClientLimits(limits)) == 0)
    }
    #expect(queue.append(delivery(6), limits: ClientLimits(limits)) == nil)
    #expect(queue.popFirst()?.subscriptionIdentifiers == [1])
    #expect(queue.cut(to: ClientLimits(limits)) == 2)
    #expect(queue.count == 2 && queue.byteCount < 1000)
    #expect(queue.all.flatMap(\.subscriptionIdentifiers) == [2, 3])
    limits.queueBytesMax = 500
    #expect(queue.cut(to: ClientLimits(limits)) == 1 && queue.count == 1)
    #expect(queue.cut(to: ClientLimits(limits)) == 0)
    _ = queue.popFirst()
    #expect(queue.byteCount == 0 && queue.cut(to: ClientLimits(limits)) == 0)
  }

  @Test func `what is cut off a queue is first of QoS 0, then the newest, and it goes on from there`() {
    var limits = Limits()
    limits.queueMessagesMax = 3
    let client = ClientLimits(limits)
    var queue = MessageQueue()
    #expect(queue.append(delivery(1, qos: .atMostOnce), limits: client) == 0)
    #expect(queue.append(delivery(2), limits: client) == 0)
    #expect(queue.append(delivery(3, qos: .atMostOnce), limits: client) == 0)
    for (n, displaced) in [(4, 1), (5, 1), (6, 0)] {
      var owed = delivery(n)
      owed.token = ObligationToken(word: 9)
      #expect(queue.append(owed, limits: client) == displaced)
    }
    #expect(numbers(queue) == [2, 4, 5, 6])
    #expect(queue.cut(to: client) == 1 && numbers(queue) == [2, 4, 5])
    limits.queueMessagesMax = 2
    #expect(queue.cut(to: ClientLimits(limits)) == 1 && numbers(queue) == [2, 4])
    #expect(queue.append(delivery(7, qos: .atMostOnce), limits: client) == 0)
    #expect(queue.append(delivery(8), limits: client) == 1 && numbers(queue) == [2, 4, 8])
    limits.queueMessagesMax = 1
    #expect(queue.cut(to: ClientLimits(limits)) == 2 && numbers(queue) == [2])
    #expect(queue.popFirst() != nil && queue.isEmpty && queue.byteCount == 0)
  }

  private func numbers(_ queue: MessageQueue) -> [UInt32] { queue.all.flatMap(\.subscriptionIdentifiers) }

  @Test func `a full queue gives up its oldest of QoS 0 for one of QoS 1 or 2, and for no other`() {
    var limits = Limits()
    limits.queueMessagesMax = 4
    let client = ClientLimits(limits)
    var queue = MessageQueue()
    for (n, qos) in [(1, QoS.atLeastOnce), (2, .atMostOnce), (3, .exactlyOnce), (4, .atMostOnce)] {
      #expect(queue.append(delivery(n, qos: qos), limits: client) == 0)
    }
    #expect(queue.append(delivery(5, qos: .atMostOnce), limits: client) == nil)
    #expect(queue.append(delivery(6, qos: .exactlyOnce), limits: client) == 1 && numbers(queue) == [1, 3, 4, 6])
    #expect(queue.append(delivery(7), limits: client) == 1 && numbers(queue) == [1, 3, 6, 7])
    #expect(queue.append(delivery(8), limits: client) == nil && queue.count == 4)
    while queue.popFirst() != nil {}
    #expect(queue.isEmpty && queue.byteCount == 0)
  }

  @Test func `as many of QoS 0 are given up as make room by bytes, and none where that would not do`() {
    var limits = Limits()
    limits.queueBytesMax = 10 * 229
    let client = ClientLimits(limits)
    var queue = MessageQueue()
    // Each costs its 100 bytes, its topic's 1, and 128.
    for n in 1...10 {
      _ = queue.append(delivery(n, bytes: 100, qos: n == 1 ? .atLeastOnce : .atMostOnce), limits: client)
    }
    #expect(queue.byteCount == limits.queueBytesMax)
    #expect(queue.append(delivery(11, bytes: 9 * 229), limits: client) == nil && queue.count == 10)
    #expect(
      queue.append(delivery(12, bytes: 250), limits: client) == 2 && numbers(queue) == [1, 4, 5, 6, 7, 8, 9, 10, 12])
  }

  @Test func `a queue in which QoS 0 makes room is the queue of a plain list`() {
    var generator = SeededGenerator(seed: 17)
    var limits = Limits()
    limits.queueMessagesMax = 3000
    let client = ClientLimits(limits)
    var queue = MessageQueue()
    var model: [(n: UInt32, isAtMostOnce: Bool)] = []
    for n in 1...30_000 {
      if Int.random(in: 0..<100, using: &generator) < 40 {
        #expect(queue.popFirst()?.subscriptionIdentifiers.first == (model.isEmpty ? nil : model.removeFirst().n))
        continue
      }
      let isAtMostOnce = Bool.random(using: &generator)
      let taken = queue.append(delivery(n, qos: isAtMostOnce ? .atMostOnce : .atLeastOnce), limits: client)
      if model.count < 3000 {
        #expect(taken == 0)
      } else if !isAtMostOnce, let oldest = model.firstIndex(where: \.isAtMostOnce) {
        #expect(taken == 1)
        model.remove(at: oldest)
      } else {
        #expect(taken == nil)
        continue
      }
      model.append((UInt32(n), isAtMostOnce))
    }
    #expect(numbers(queue) == model.map(\.n) && queue.count == model.count)
    queue.removeAll { _ in false }
    #expect(numbers(queue) == model.map(\.n) && queue.count == model.count)
  }

  @Test func `retained messages that wait and live ones of QoS 1 do not take each other's room`() {
    let broker = TestBroker { $0.queueMessagesMax = 5 }
    let publisher = broker.connect("p")
    for n in 1...5 { publisher.publish("r/\(n)", String(repeating: "x", count: 1 << 20 - 100), isRetain: true) }
    let slow = broker.connect("s")
    slow.subscribe("live", options: 1)
    slow.isBlocked = true
    slow.subscribe("r/#")
    for n in 1...4 { publisher.publish("live", "\(n)", qos: 1, id: n) }
    slow.unblock()
    var live: [String] = []
    var retained = 0
    for _ in 0..<10 {
      for delivery in slow.takeDeliveries() {
        if delivery.topic == "live" { live.append(delivery.payload) } else { retained += 1 }
      }
      slow.unblock()
    }
    #expect(live == ["1", "2", "3", "4"] && retained == 5 && broker.sum(\.droppedForRoom) == 0)
  }

  @Test func `unwanted messages are removed from a queue's middle`() {
    var queue = MessageQueue()
    for n in 1...10 { _ = queue.append(delivery(n), limits: ClientLimits(Limits())) }
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
    _ = queue.append(one, limits: ClientLimits(Limits()))
    _ = queue.append(delivery(2), limits: ClientLimits(Limits()))
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

extension ShardCounters {
  fileprivate var droppedForRoom: Int { droppedQueueFull.now }
}
