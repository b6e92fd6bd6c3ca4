import COpenSSL

/// Hashes of passwords, as text lines.
///
/// What is made is scrypt (RFC 7914) in the PHC string format: `$scrypt$ln=14,r=8,p=1$salt$hash`. Also verified are
/// `$pbkdf2-sha512$i=210000$salt$hash`, and what `mosquitto_passwd` writes: `$7$101$salt$hash` (PBKDF2 with SHA-512)
/// and `$6$salt$hash` (one SHA-512, which is weak: better made anew).
///
/// A verification takes as long as the line says, up to about two seconds and 256 MiB: never call it on an event loop.
/// Callable on any thread.
public enum PasswordHash {
  /// The result of ``verify(_:against:)``.
  public enum Result: Sendable, Equatable {
    /// It is the password.
    case matches
    /// It is another password.
    case doesNotMatch
    /// The line is no hash that is known here, or its costs are out of bounds; ``problem(in:)`` says what is wrong.
    case malformed
  }

  /// What scrypt costs: time is proportional to 2^log2N · r · p, memory is 128 · r · 2^log2N bytes.
  public struct Cost: Sendable, Equatable {
    /// The logarithm of the cost, called `ln` in the line.
    public let log2N: Int
    /// The block size.
    public let blockSize: Int
    /// The parallelism, which is here a factor of time.
    public let parallelism: Int

    /// Creates a cost; whether it is within bounds is judged where it is used.
    public init(log2N: Int, blockSize: Int = 8, parallelism: Int) {
      self.log2N = log2N
      self.blockSize = blockSize
      self.parallelism = parallelism
    }

    /// About 50 ms and 16 MiB. OWASP's cheat sheet asks for several times that, for passwords that people choose and
    /// for sites where one logs in now and then; here a whole fleet may log in at once after a restart, mostly with
    /// long random secrets, and each login costs this on one of few threads.
    public static let recommended = Cost(log2N: 14, parallelism: 1)

    /// A hostile line shall not take all memory: 256 MiB are twice the most that OWASP proposes.
    static let memoryBytesMax = 256 * 1024 * 1024
    /// And not all time: four times the most that OWASP proposes.
    static let workMax = 1 << 22

    var memoryBytes: Int { 128 * blockSize << log2N }

    var isWithinBounds: Bool {
      (1...20).contains(log2N) && (1...32).contains(blockSize) && (1...16).contains(parallelism)
        && memoryBytes <= Self.memoryBytesMax && (blockSize * parallelism) << log2N <= Self.workMax
    }
  }

  /// The most iterations of PBKDF2 that are computed: about a second.
  static let iterationsMax = 2_000_000
  /// The fewest bytes of salt for new hashes; 16 random ones are right.
  public static let saltBytesMin = 16
  /// The longest salt or hash in a line.
  static let fieldBytesMax = 64
  static let hashBytes = 32

  /// Hashes `password`.
  ///
  /// - Parameters:
  ///   - password: at least one byte.
  ///   - salt: 16 to 64 bytes from ``SecureRandom``, new for each password.
  ///   - cost: what each verification shall cost.
  /// - Throws: ``TLSError`` of kind `option` when a parameter is out of bounds.
  public static func make(
    _ password: [UInt8], salt: [UInt8], cost: Cost = .recommended
  ) throws(TLSError) -> String {
    guard !password.isEmpty else { throw TLSError(kind: .option, message: "a password must not be empty") }
    guard (saltBytesMin...fieldBytesMax).contains(salt.count) else {
      throw TLSError(kind: .option, message: "a salt has \(saltBytesMin) to \(fieldBytesMax) bytes")
    }
    guard cost.isWithinBounds else {
      throw TLSError(kind: .option, message: "scrypt costs beyond the bounds (256 MiB, log2 N 1 to 20, p 1 to 16)")
    }
    guard let hash = scrypt(password, salt: salt, cost: cost, count: hashBytes) else {
      throw TLSError(kind: .internalFailure, message: "scrypt failed: \(ErrorQueue.drainText())")
    }
    return "$scrypt$ln=\(cost.log2N),r=\(cost.blockSize),p=\(cost.parallelism)"
      + "$\(Base64.encode(salt))$\(Base64.encode(hash))"
  }

  /// Whether `password` is the one that the line `encoded` was made of. Compares in constant time.
  ///
  /// NULs at the end of a short password do not count: that is so in HMAC, on which scrypt and PBKDF2 stand.
  public static func verify(_ password: [UInt8], against encoded: String) -> Result {
    guard case .success(let parsed) = ParsedHash.parse(encoded) else { return .malformed }
    let computed: [UInt8]?
    switch parsed.algorithm {
    case .scrypt(let cost): computed = scrypt(password, salt: parsed.salt, cost: cost, count: parsed.hash.count)
    case .pbkdf2SHA512(let iterations):
      computed = pbkdf2(password, salt: parsed.salt, iterations: iterations, count: parsed.hash.count)
    case .saltedSHA512: computed = Digest.sha512(password + parsed.salt)
    }
    // Without memory for scrypt nothing is known, and errors deny.
    guard let computed else {
      ErrorQueue.clear()
      return .doesNotMatch
    }
    return Digest.isEqual(computed, parsed.hash) ? .matches : .doesNotMatch
  }

  /// What is wrong with the line `encoded`, or `nil` if it can be verified against; costs nothing.
  public static func problem(in encoded: String) -> String? {
    switch ParsedHash.parse(encoded) {
    case .success: nil
    case .failure(let problem): problem.message
    }
  }

  private static func scrypt(_ password: [UInt8], salt: [UInt8], cost: Cost, count: Int) -> [UInt8]? {
    var hash = [UInt8](repeating: 0, count: count)
    // OpenSSL counts some blocks more than the table itself.
    let memoryMax = UInt64(cost.memoryBytes + 128 * cost.blockSize * (cost.parallelism + 2) + 4096)
    let done = password.withUnsafeBytes { password in
      EVP_PBE_scrypt(
        password.baseAddress?.assumingMemoryBound(to: CChar.self), password.count, salt, salt.count,
        1 << UInt64(cost.log2N), UInt64(cost.blockSize), UInt64(cost.parallelism), memoryMax, &hash, count)
    }
    return done == 1 ? hash : nil
  }

  private static func pbkdf2(_ password: [UInt8], salt: [UInt8], iterations: Int, count: Int) -> [UInt8]? {
    var hash = [UInt8](repeating: 0, count: count)
    let done = password.withUnsafeBytes { password in
      PKCS5_PBKDF2_HMAC(
        password.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: password.count), salt,
        Int32(salt.count), Int32(iterations), EVP_sha512(), Int32(count), &hash)
    }
    return done == 1 ? hash : nil
  }
}
