import Synchronization

/// How far a server has come, for those who ask on other threads.
final class ServerPhase: Sendable {
  enum Phase: UInt8 {
    case starting, running, stopping
  }

  private let value = Atomic<UInt8>(Phase.starting.rawValue)

  var now: Phase { Phase(rawValue: value.load(ordering: .relaxed)) ?? .stopping }

  func set(_ phase: Phase) { value.store(phase.rawValue, ordering: .relaxed) }
}
