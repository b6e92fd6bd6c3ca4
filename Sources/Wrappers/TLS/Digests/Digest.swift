import COpenSSL

/// Digests of bytes in memory. Callable on any thread.
public enum Digest {
  /// How many bytes a SHA-256 has.
  public static let sha256Bytes = 32

  /// The SHA-256 (FIPS 180-4) of `bytes`.
  public static func sha256(_ bytes: [UInt8]) -> [UInt8] { compute(EVP_sha256(), bytes) }

  /// The SHA-1 (FIPS 180-4) of `bytes`: 20 bytes.
  ///
  /// Collisions are made at will, so it protects nothing. It is here only for protocols that use it as a checksum, as
  /// the WebSocket handshake does (RFC 6455 section 4.2.2).
  public static func sha1(_ bytes: [UInt8]) -> [UInt8] { compute(EVP_sha1(), bytes) }

  /// The SHA-512 (FIPS 180-4) of `bytes`.
  static func sha512(_ bytes: [UInt8]) -> [UInt8] { compute(EVP_sha512(), bytes) }

  /// The HMAC (RFC 2104) of `bytes` with SHA-256.
  public static func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: sha256Bytes)
    var count: UInt32 = 0
    let done = HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, &result, &count)
    guard done != nil, Int(count) == result.count else { fatalError("no HMAC: \(ErrorQueue.drainText())") }
    return result
  }

  /// Whether the two are equal, in a time that depends on their lengths only: for what an attacker could guess bit by
  /// bit.
  public static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
  }

  private static func compute(_ algorithm: OpaquePointer?, _ bytes: [UInt8]) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    // A digest in memory can only fail on a machine out of memory; a wrong digest must never be taken for a right one.
    guard EVP_Digest(bytes, bytes.count, &result, &count, algorithm, nil) == 1 else {
      fatalError("no digest: \(ErrorQueue.drainText())")
    }
    return Array(result[..<Int(count)])
  }
}
