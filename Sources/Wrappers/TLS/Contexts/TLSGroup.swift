import COpenSSL

/// The groups of key exchange (RFC 8446, section 4.2.7): whoever connects chooses among those that are offered, and
/// makes the server pay for it before anybody has proved anything.
public enum TLSGroup {
  /// What is offered unless something else is said, best first: each costs about 0.1 ms of CPU a handshake.
  public static let defaults = ["X25519", "P-256"]

  /// Those that may be offered, by all names that OpenSSL has for them, in small letters. What costs more than 3 ms is
  /// not among them: the finite field groups from ffdhe3072 (12 ms; ffdhe8192 200 ms), other curves.
  private static let costMilliseconds: [String: Double] = [
    "x25519": 0.1, "p-256": 0.1, "secp256r1": 0.1, "prime256v1": 0.1, "x448": 0.9, "p-521": 1.3, "secp521r1": 1.3,
    "p-384": 3.0, "secp384r1": 3.0, "ffdhe2048": 3.5, "x25519mlkem768": 0.3, "secp256r1mlkem768": 0.3,
  ]
  /// From here on a group is worth a warning.
  private static let noticeableMilliseconds = 3.0

  /// Why a group can't be offered, in words; nil when it can.
  public static func problem(with name: String) -> String? {
    guard costMilliseconds[name.lowercased()] != nil else {
      return "\"\(name)\" is not offered: use X25519, P-256, X448 or P-521 (or P-384, ffdhe2048, which cost 3 ms of CPU"
        + " each handshake). Whoever connects may choose it, and others hold everybody on a shard up for longer"
    }
    guard let scratch = SSL_CTX_new(TLS_server_method()) else { return "no memory" }
    defer {
      SSL_CTX_free(scratch)
      ErrorQueue.clear()
    }
    return cossl_ctx_set_groups(scratch, name) == 1
      ? nil : "this OpenSSL (\(String(cString: OpenSSL_version(OPENSSL_VERSION_STRING)))) knows no group \"\(name)\""
  }

  /// What an operator should know who offers this group; nil if it is nothing.
  public static func notice(about name: String) -> String? {
    guard let cost = costMilliseconds[name.lowercased()], cost >= noticeableMilliseconds else { return nil }
    return "whoever connects may choose \(name), and each such handshake holds everybody on a shard up for about"
      + " \(cost) ms: prefer X25519 and P-256"
  }

  /// Offers `names` alone, best first.
  static func set(_ names: [String], on context: OpaquePointer) throws(TLSError) {
    for name in names {
      if let problem = problem(with: name) { throw TLSError(kind: .option, message: "groups: \(problem)") }
    }
    guard !names.isEmpty, cossl_ctx_set_groups(context, names.joined(separator: ":")) == 1 else {
      ErrorQueue.clear()
      throw TLSError(kind: .option, message: "groups: the list is empty, or one group is in it twice")
    }
  }
}
