import TLS

/// The password hashing of the TLS module.
struct TLSPasswordHashing: PasswordHashing {
  func problem(in encoded: String) -> String? { PasswordHash.problem(in: encoded) }

  func verify(_ password: [UInt8], against encoded: String) -> Bool {
    PasswordHash.verify(password, against: encoded) == .matches
  }
}
