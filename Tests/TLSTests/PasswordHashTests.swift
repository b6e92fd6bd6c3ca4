import TLS
import Testing

@Suite struct PasswordHashTests {
  private let cheap = PasswordHash.Cost(log2N: 4, parallelism: 1)
  private let password = [UInt8]("correct horse".utf8)

  @Test
  func `a hash that was made matches its password and no other`() throws {
    let line = try PasswordHash.make(password, salt: SecureRandom.bytes(16))
    #expect(line.hasPrefix("$scrypt$ln=14,r=8,p=1$"))
    #expect(PasswordHash.problem(in: line) == nil)
    #expect(PasswordHash.verify(password, against: line) == .matches)
    #expect(PasswordHash.verify(password + [1], against: line) == .doesNotMatch)
  }

  @Test
  func `passwords are bytes, with NULs and all`() throws {
    let line = try PasswordHash.make([0, 1, 0, 255], salt: SecureRandom.bytes(16), cost: cheap)
    #expect(PasswordHash.verify([0, 1, 0, 255], against: line) == .matches)
    for other: [UInt8] in [[], [0], [0, 1], [0, 1, 0], [0, 1, 0, 254], [0, 1, 0, 255, 1], [1, 0, 255]] {
      #expect(PasswordHash.verify(other, against: line) == .doesNotMatch)
    }
  }

  /// The first is a vector of RFC 7914, section 12; then Python's hashlib; the last two are by mosquitto_passwd 2.0.11.
  @Test(arguments: [
    (
      "pleaseletmein",
      "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$"
        + "cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw"
    ),
    (
      "correct horse",
      "$pbkdf2-sha512$i=1000$MDEyMzQ1Njc4OWFiY2RlZg$"
        + "OM0FAoIqCVK1sWtxDiffVlBejtLa+ks4TP71JiecwuSZCG8iLbnlIEPOMoVX+i2B2wkSxjQ8CRGR9OkNGuIPMQ"
    ),
    (
      "correct horse",
      "$7$101$4YGEqa72BQY4XpEA$"
        + "HeFV7+sJHD1BRHLi4VYfToTBdg0kCBeABtduh0L+wj2yUekjJ5tYOly6m//1Y1saHjS+qpsGxZhOLF3EyGaAOg=="
    ),
    (
      "correct horse",
      "$6$ZHLXFGs9FpjgK1Gn$"
        + "o65cVgwkOgbJ7UB2+DPU34J3692cgIC9T3ugxziUAtwBHi1cAlAaDq0x6ZBCF0T4xc8hp/6yXNVqIhdA1jZ83Q=="
    ),
  ])
  func `lines that others made are verified`(password: String, line: String) {
    #expect(PasswordHash.problem(in: line) == nil)
    #expect(PasswordHash.verify([UInt8](password.utf8), against: line) == .matches)
    #expect(PasswordHash.verify([UInt8]("Correct horse".utf8), against: line) == .doesNotMatch)
    #expect(PasswordHash.verify([], against: line) == .doesNotMatch)
  }

  static let hash64 = "\(String(repeating: "A", count: 86))"

  @Test(arguments: [
    "", "secret", "$", "$$$$", "$scrypt$", "$6$$", "$6$AAAA$AAAA", "$1$AAAA$AAAA",
    "$argon2id$v=19$m=65536,t=3,p=4$AAAA$AAAA",
    "$scrypt$ln=15,r=8,p=1$AAAA$AAAA", "$scrypt$ln=15,r=8,p=1$$\(hash64)", "$scrypt$ln=15,r=8$AAAA$\(hash64)",
    "$scrypt$ln=31,r=8,p=1$AAAA$\(hash64)", "$scrypt$ln=20,r=32,p=16$AAAA$\(hash64)",
    "$scrypt$ln=18,r=8,p=4$AAAA$\(hash64)",
    "$scrypt$ln=99999999999999999999,r=8,p=1$AAAA$\(hash64)", "$scrypt$ln=-1,r=8,p=1$AAAA$\(hash64)",
    "$scrypt$ln=+4,r=8,p=1$AAAA$\(hash64)", "$scrypt$ln=0,r=8,p=1$AAAA$\(hash64)",
    "$scrypt$ln=4,r=0,p=1$AAAA$\(hash64)",
    "$scrypt$ln=4,r=8,p=999999999$AAAA$\(hash64)", "$scrypt$ln=4,r=8,p=1$A*AA$\(hash64)",
    "$scrypt$ln=4,r=8,p=1$AAAA$\(hash64)=", "$scrypt$ln=4,r=8,p=1$A$\(hash64)", "$scrypt$ln=4,r=8,p=1$AB$\(hash64)",
    "$scrypt$ln=4,r=8,p=1$AAAA$\(hash64)$more", "$7$0$AAAA$\(hash64)", "$7$2000001$AAAA$\(hash64)",
    "$7$4294967297$AAAA$\(hash64)", "$7$101$AAAA$AAAA", "$pbkdf2-sha512$1000$AAAA$\(hash64)",
    "$pbkdf2-sha512$i=999999999$AAAA$\(hash64)", "$6$AAAA$" + String(repeating: "A", count: 100_000),
  ])
  func `a line that is no hash or would cost too much is malformed, and its message holds nothing of it`(line: String) {
    #expect(PasswordHash.verify([1], against: line) == .malformed)
    let problem = PasswordHash.problem(in: line)
    #expect(problem?.isEmpty == false)
    #expect(problem?.contains("AAAA") == false)
  }

  @Test
  func `parameters out of bounds are refused when a hash is made`() {
    func fails(_ password: [UInt8], _ salt: Int, _ cost: PasswordHash.Cost) -> Bool {
      do {
        _ = try PasswordHash.make(password, salt: SecureRandom.bytes(salt), cost: cost)
        return false
      } catch { return error.kind == .option }
    }
    #expect(fails([], 16, cheap))
    #expect(fails([1], 15, cheap))
    #expect(fails([1], 65, cheap))
    #expect(fails([1], 16, .init(log2N: 30, parallelism: 1)))
    #expect(fails([1], 16, .init(log2N: 62, blockSize: .max, parallelism: .max)))
    #expect(fails([1], 16, .init(log2N: -1, parallelism: 1)))
    #expect(!fails([1], 16, cheap))
  }
}
