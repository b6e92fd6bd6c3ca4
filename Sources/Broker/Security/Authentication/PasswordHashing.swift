/// What the module needs of password hashing; a seam, so that tests can count the slow calls.
protocol PasswordHashing: Sendable {
  /// What is wrong with the text as a hash, without any part of it, or nil when it can be verified. Cheap.
  func problem(in encoded: String) -> String?
  /// Slow on purpose. False also for a hash that is not well formed.
  func verify(_ password: [UInt8], against encoded: String) -> Bool
}
