import BrokerCore
import Synchronization

/// A way to Kafka whose discharges the test controls. It takes topics that start with `k/`.
final class FakeOutlet: Outlet {
  struct State {
    var tokens: [ObligationToken] = []
    var forwarded: [String] = []
    var answer = ForwardOutcome.accepted(obligations: 1)
  }

  private let state = Mutex(State())

  /// What the next publishes are answered.
  func answer(_ outcome: ForwardOutcome) { state.withLock { $0.answer = outcome } }

  /// Payloads in the order in which they were forwarded.
  var forwarded: [String] { state.withLock { $0.forwarded } }

  /// Takes the tokens whose discharges are still due, oldest first, one for each obligation.
  func takeTokens() -> [ObligationToken] {
    state.withLock { state in
      defer { state.tokens = [] }
      return state.tokens
    }
  }

  func plan(topic: UnsafeRawBufferPointer) -> OutletPlan? {
    topic.starts(with: "k/".utf8) ? OutletPlan() : nil
  }

  func forward(_ publish: borrowing PublishView, on plan: OutletPlan, token: ObligationToken) -> ForwardOutcome {
    let payload = String(decoding: publish.payload, as: UTF8.self)
    return state.withLock { state in
      guard case .accepted(let obligations) = state.answer else { return state.answer }
      state.forwarded.append(payload)
      guard token != .none else { return .accepted(obligations: 0) }
      for _ in 0..<obligations { state.tokens.append(token) }
      return state.answer
    }
  }
}
