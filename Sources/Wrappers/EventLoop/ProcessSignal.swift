import Glibc

/// A signal that a server acts on.
public enum ProcessSignal: Sendable, CaseIterable {
  /// SIGINT: someone pressed Ctrl-C.
  case interrupt
  /// SIGTERM: stop in an orderly way.
  case terminate
  /// SIGHUP: read the configuration again.
  case hangUp
  /// SIGUSR1: what it means is the program's choice.
  case user1
  /// SIGUSR2: the same.
  case user2

  /// The system's number of it.
  public var number: Int32 {
    switch self {
    case .interrupt: SIGINT
    case .terminate: SIGTERM
    case .hangUp: SIGHUP
    case .user1: SIGUSR1
    case .user2: SIGUSR2
    }
  }

  init?(number: Int32) {
    guard let signal = ProcessSignal.allCases.first(where: { $0.number == number }) else { return nil }
    self = signal
  }
}
