@testable import KafkaBridge

extension KafkaBridge {
  /// Whether the books agree with what the producer holds, or soon do: its delivery thread tells whoever waits for a
  /// batch before it counts the batch out of what the producer holds.
  func balances() -> Bool { eventually(seconds: 10) { unaccounted == 0 } }
}
