import Synchronization

@testable import Security

/// Password hashing without the hashing, which counts how often the slow call was made: the "hash" of `x` is `$x`.
final class CountingHashing: PasswordHashing {
  private let count = Atomic(0)
  var slowCalls: Int { count.load(ordering: .relaxed) }

  func problem(in encoded: String) -> String? { encoded.hasPrefix("$") ? nil : "not a password hash" }

  func verify(_ password: [UInt8], against encoded: String) -> Bool {
    count.wrappingAdd(1, ordering: .relaxed)
    return Array(encoded.utf8) == [UInt8(ascii: "$")] + password
  }
}
