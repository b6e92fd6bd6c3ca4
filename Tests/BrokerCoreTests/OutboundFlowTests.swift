import MQTTCodec
import Testing

@testable import BrokerCore

struct OutboundFlowTests {
  @Test func `identifiers are given in order, begin again after 65,535, and never are 0`() {
    var flow = OutboundFlow()
    for expected in Array(1...65_535) + [1, 2, 3] {
      guard let id = flow.open(.atLeastOnce) else {
        Issue.record("no identifier")
        return
      }
      #expect(Int(id) == expected)
      guard case .completed = flow.puback(id) else {
        Issue.record("\(id) was not open")
        return
      }
    }
  }

  @Test func `no identifier is given twice while the oldest is in use`() {
    var flow = OutboundFlow()
    let oldest = flow.open(.atLeastOnce)
    #expect(oldest == 1)
    for _ in 2...65_535 {
      guard let id = flow.open(.atLeastOnce) else {
        Issue.record("no identifier")
        return
      }
      _ = flow.puback(id)
    }
    #expect(flow.count == 1 && flow.isExhausted)
    #expect(flow.open(.atLeastOnce) == nil)
    guard case .completed = flow.puback(1) else {
      Issue.record("the oldest is lost")
      return
    }
    #expect(flow.open(.atLeastOnce) == 1)
    #expect(!flow.isExhausted)
  }

  @Test func `all 65,535 identifiers can be open at once`() {
    var flow = OutboundFlow()
    var ids: Set<UInt16> = []
    while let id = flow.open(.exactlyOnce) { ids.insert(id) }
    #expect(ids.count == 65_535 && flow.count == 65_535)
    #expect(flow.incomplete.map(\.packetID) == Array(1...65_535))
  }

  @Test func `an acknowledgement of the wrong kind, or of nothing, changes nothing`() {
    var flow = OutboundFlow()
    #expect(isUnknown(flow.puback(1)))
    #expect(isUnknown(flow.puback(0)))
    #expect(isUnknown(flow.pubcomp(65_535)))
    let one = flow.open(.atLeastOnce) ?? 0
    let two = flow.open(.exactlyOnce) ?? 0
    #expect(isWrongKind(flow.pubrec(one, isError: false)))
    #expect(isWrongKind(flow.pubcomp(one)))
    #expect(isWrongKind(flow.puback(two)))
    #expect(isWrongKind(flow.pubcomp(two)))
    #expect(flow.count == 2)
  }

  @Test func `a PUBREC with an error completes, and after the release it is ignored`() {
    var flow = OutboundFlow()
    let first = flow.open(.exactlyOnce) ?? 0
    guard case .completed = flow.pubrec(first, isError: true) else {
      Issue.record("not completed")
      return
    }
    let second = flow.open(.exactlyOnce) ?? 0
    #expect(isRelease(flow.pubrec(second, isError: false)))
    #expect(isRelease(flow.pubrec(second, isError: false)))
    #expect(isUnknown(flow.pubrec(second, isError: true)))
    guard case .completed = flow.pubcomp(second) else {
      Issue.record("not completed")
      return
    }
  }

  /// The same as ``OutboundFlow``, as simple as it can be.
  private struct Model {
    var open: [(id: UInt16, state: OutboundFlow.State, offset: UInt64)] = []

    mutating func acknowledge(_ id: UInt16, _ from: OutboundFlow.State, _ to: OutboundFlow.State) -> Bool {
      guard let at = open.firstIndex(where: { $0.id == id && $0.state == from }) else { return false }
      if to == .complete { open.remove(at: at) } else { open[at].state = to }
      return true
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func `random orders of events do what a simple model does`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var flow = OutboundFlow()
    var model = Model()
    var next: UInt64 = 1
    for step in 0..<40_000 {
      // Now more is opened than completed, now less.
      let opens = (step / 500) % 2 == 0 ? 7 : 3
      if Int.random(in: 0..<10, using: &generator) < opens, model.open.count < 300 {
        let qos: QoS = Bool.random(using: &generator) ? .atLeastOnce : .exactlyOnce
        let token = ObligationToken(word: next)
        let kept = KeptDelivery(message: nil, qos: qos, isRetain: false, subscriptionIdentifiers: [], token: token)
        guard let id = flow.open(kept) else { continue }
        #expect(!model.open.contains { $0.id == id })
        model.open.append((id, qos == .atLeastOnce ? .awaitsPuback : .awaitsPubrec, next))
        next += 1
        continue
      }
      let known = model.open.randomElement(using: &generator)
      let id =
        Int.random(in: 0..<20, using: &generator) == 0
        ? UInt16.random(in: 0...(.max), using: &generator) : known?.id ?? 7
      let token = model.open.first { $0.id == id }?.offset
      let result: OutboundFlow.Result
      let isExpected: Bool
      switch Int.random(in: 0..<3, using: &generator) {
      case 0:
        result = flow.puback(id)
        isExpected = model.acknowledge(id, .awaitsPuback, .complete)
      case 1:
        result = flow.pubrec(id, isError: false)
        isExpected =
          model.acknowledge(id, .awaitsPubrec, .awaitsPubcomp) || model.acknowledge(id, .awaitsPubcomp, .awaitsPubcomp)
      default:
        result = flow.pubcomp(id)
        isExpected = model.acknowledge(id, .awaitsPubcomp, .complete)
      }
      #expect(isUnknown(result) == (token == nil), "seed \(seed), step \(step)")
      #expect(isWrongKind(result) == (token != nil && !isExpected), "seed \(seed), step \(step)")
      if case .completed(let kept) = result { #expect(kept?.token.word == token) }
      #expect(flow.count == model.open.count)
    }
    #expect(flow.incomplete.map(\.packetID) == model.open.map(\.id))
    #expect(flow.incomplete.map(\.state) == model.open.map(\.state))
    #expect(flow.takeTokens().count == model.open.count)
    #expect(flow.takeTokens().isEmpty)
  }

  private func isUnknown(_ result: OutboundFlow.Result) -> Bool {
    if case .unknown = result { true } else { false }
  }

  private func isWrongKind(_ result: OutboundFlow.Result) -> Bool {
    if case .wrongKind = result { true } else { false }
  }

  private func isRelease(_ result: OutboundFlow.Result) -> Bool {
    if case .release = result { true } else { false }
  }
}
