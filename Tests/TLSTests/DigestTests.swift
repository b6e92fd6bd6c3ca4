import TLS
import Testing

@Suite struct DigestTests {
  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  @Test
  func `SHA-256 is that of FIPS 180-4`() {
    #expect(
      hex(Digest.sha256([UInt8]("abc".utf8))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(hex(Digest.sha256([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test
  func `SHA-1 is that of FIPS 180-4`() {
    #expect(hex(Digest.sha1([UInt8]("abc".utf8))) == "a9993e364706816aba3e25717850c26c9cd0d89d")
    #expect(hex(Digest.sha1([])) == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
  }

  @Test
  func `HMAC is that of RFC 4231`() {
    let result = Digest.hmacSHA256(key: [UInt8]("Jefe".utf8), [UInt8]("what do ya want for nothing?".utf8))
    #expect(hex(result) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    #expect(Digest.hmacSHA256(key: [], []).count == 32)
  }

  @Test
  func `equality needs all bytes and the same length`() {
    #expect(Digest.isEqual([1, 2], [1, 2]) && Digest.isEqual([], []))
    #expect(!Digest.isEqual([1, 2], [1, 3]) && !Digest.isEqual([1, 2], [1]) && !Digest.isEqual([], [1]))
  }

  @Test
  func `random bytes have the length that was asked for and do not repeat`() {
    #expect(SecureRandom.bytes(0).isEmpty && SecureRandom.bytes(-1).isEmpty)
    #expect(SecureRandom.bytes(33).count == 33)
    #expect(Set((0..<100).map { _ in SecureRandom.bytes(16) }).count == 100)
  }
}
