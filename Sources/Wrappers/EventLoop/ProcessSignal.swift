import Glibc

/// A signal that a server acts on.
public enum ProcessSignal: Sendable, CaseIterable {
  /// SIGINT: someone pressed Ctrl-C.
  case interrupt
  /// SIGTERM: stop in an orderly way.
  case terminate
  /// SIGHUP: read the configuration again.
  case hangUp

  /// The system's number of it.
  public var number: Int32 {
    switch self {
    case .interrupt: SIGINT
    case .terminate: SIGTERM
    case .hangUp: SIGHUP
    }
  }

  init?(number: Int32) {
    guard let signal = ProcessSignal.allCases.first(where: { $0.number == number }) else { return nil }
    self = signal
  }
}
