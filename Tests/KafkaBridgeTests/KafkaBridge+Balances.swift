import Foundation

@testable import KafkaBridge

extension KafkaBridge {
  /// Whether the books agree with what the producer holds, within the seconds: its delivery thread tells whoever waits
  /// for a batch before it counts the batch out of what the producer holds.
  func balances(withinSeconds seconds: Double = 10) -> Bool {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while unaccounted != 0 {
      if Date() > deadline { return false }
      usleep(1000)
    }
    return true
  }
}
