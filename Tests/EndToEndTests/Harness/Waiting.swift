/// Waits for events of other processes, always with a deadline.
enum Waiting {
  /// How often a condition outside this process is looked at: such a condition cannot wake us.
  static let interval = Duration.milliseconds(10)

  /// Returns as soon as `condition` gives a value; throws when it did not within `seconds`.
  static func until<Value>(
    _ what: String, seconds: Double, condition: () async throws -> Value?
  ) async throws -> Value {
    let clock = ContinuousClock()
    let end = clock.now.advanced(by: .seconds(seconds))
    while true {
      if let value = try await condition() { return value }
      guard clock.now < end else { throw HarnessFailure("not within \(seconds) s: \(what)") }
      try await clock.sleep(for: interval)
    }
  }
}
