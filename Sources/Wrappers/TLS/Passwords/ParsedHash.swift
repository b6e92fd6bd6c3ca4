/// A line of ``PasswordHash``, taken apart and found to be within bounds.
struct ParsedHash {
  /// How a hash was made.
  enum Algorithm {
    case scrypt(PasswordHash.Cost)
    case pbkdf2SHA512(iterations: Int)
    case saltedSHA512
  }

  /// What is wrong with a line; without any part of the line, which is a secret.
  struct Problem: Error {
    let message: String
  }

  /// No line that is right is longer.
  private static let lineBytesMax = 512
  private static let sha512Bytes = 64

  let algorithm: Algorithm
  let salt: [UInt8]
  let hash: [UInt8]

  static func parse(_ line: String) -> Result<ParsedHash, Problem> {
    guard line.utf8.count <= lineBytesMax else { return .failure(Problem(message: "the password hash is too long")) }
    let fields = line.split(separator: "$", omittingEmptySubsequences: false)
    guard fields.count >= 4, fields[0].isEmpty else {
      return .failure(
        Problem(message: "not a password hash: $scrypt$… is expected; make one with the password command"))
    }
    switch (fields[1], fields.count) {
    case ("scrypt", 5):
      guard let cost = cost(fields[2]) else {
        return .failure(Problem(message: "scrypt needs ln, r and p within 256 MiB, as in ln=15,r=8,p=3"))
      }
      return make(.scrypt(cost), salt: fields[3], hash: fields[4], hashBytes: 16...PasswordHash.fieldBytesMax)
    case ("pbkdf2-sha512", 5):
      guard fields[2].hasPrefix("i="), let iterations = iterations(fields[2].dropFirst(2)) else {
        return .failure(count)
      }
      return make(
        .pbkdf2SHA512(iterations: iterations), salt: fields[3], hash: fields[4],
        hashBytes: 16...PasswordHash.fieldBytesMax)
    case ("7", 5):
      guard let iterations = iterations(fields[2]) else { return .failure(count) }
      return make(
        .pbkdf2SHA512(iterations: iterations), salt: fields[3], hash: fields[4], hashBytes: sha512Bytes...sha512Bytes)
    case ("6", 4):
      return make(.saltedSHA512, salt: fields[2], hash: fields[3], hashBytes: sha512Bytes...sha512Bytes)
    default:
      return .failure(
        Problem(message: "this kind of password hash is not known; known are $scrypt$, $pbkdf2-sha512$, $7$ and $6$"))
    }
  }

  private static let count = Problem(
    message: "PBKDF2 needs 1 to \(PasswordHash.iterationsMax) iterations, as in i=210000")

  private static func make(
    _ algorithm: Algorithm, salt: Substring, hash: Substring, hashBytes: ClosedRange<Int>
  ) -> Result<ParsedHash, Problem> {
    guard let salt = Base64.decode(salt.utf8), (1...PasswordHash.fieldBytesMax).contains(salt.count),
      let hash = Base64.decode(hash.utf8), hashBytes.contains(hash.count)
    else { return .failure(Problem(message: "the salt or the hash in the line is not whole base64")) }
    return .success(ParsedHash(algorithm: algorithm, salt: salt, hash: hash))
  }

  private static func cost(_ field: Substring) -> PasswordHash.Cost? {
    let parts = field.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].hasPrefix("ln="), parts[1].hasPrefix("r="), parts[2].hasPrefix("p="),
      let log2N = number(parts[0].dropFirst(3)), let blockSize = number(parts[1].dropFirst(2)),
      let parallelism = number(parts[2].dropFirst(2))
    else { return nil }
    let cost = PasswordHash.Cost(log2N: log2N, blockSize: blockSize, parallelism: parallelism)
    return cost.isWithinBounds ? cost : nil
  }

  private static func iterations(_ field: Substring) -> Int? {
    number(field).flatMap { (1...PasswordHash.iterationsMax).contains($0) ? $0 : nil }
  }

  /// A decimal number of at most nine digits, without a sign.
  private static func number(_ digits: Substring) -> Int? {
    guard (1...9).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return Int(digits)
  }
}
