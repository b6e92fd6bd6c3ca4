import TLS
import Testing

@testable import Security

/// The password file and the authenticator with the real hashes of the TLS module.
struct PasswordsTogetherTests {
  private func shows(_ user: String, _ password: String) -> Credentials {
    Credentials(
      clientID: "c", userName: user, password: Array(password.utf8), listener: "mqtts", remoteAddress: "192.0.2.7:5000")
  }

  @Test func `a hash that was made and set lets its user in, and nobody else`() throws {
    let cheap = PasswordHash.Cost(log2N: 4, parallelism: 1)
    var file = try PasswordFile(path: "passwords")
    let hash = try PasswordHash.make(Array("right".utf8), salt: SecureRandom.bytes(16), cost: cheap)
    try file.set(user: "ann", hash: hash)
    let read = try PasswordFile(text: file.lines.joined(separator: "\n"), path: "passwords")
    let authenticator = Authenticator(AuthenticationPolicy(passwordFile: read))
    #expect(authenticator.needsWorker(shows("ann", "right")))
    guard case .accepted(let identity) = authenticator.authenticate(shows("ann", "right")) else {
      Issue.record("the right password was refused")
      return
    }
    #expect(identity.userName == "ann")
    #expect(!authenticator.needsWorker(shows("ann", "right")))
    for (user, password) in [("ann", "Right"), ("ann", ""), ("eve", "right")] {
      guard case .refused(let refusal) = authenticator.authenticate(shows(user, password)) else {
        Issue.record("\(user) with \(password) was let in")
        continue
      }
      #expect(refusal.reason == .badUserNameOrPassword)
    }
    let removed = file.remove(user: "ann")
    #expect(removed)
    #expect(file.users == [])
  }

  @Test(arguments: [
    "ann:plain", "ann:$scrypt$", "ann:$9$x$y$z", "ann:$7$0$AAAA$AAAA", "ann:$scrypt$ln=30,r=8,p=1$AAAA$AAAA",
  ])
  func `a line without a hash that can be verified is refused when the file is read`(line: String) {
    #expect(throws: PasswordFileError.self) { _ = try PasswordFile(text: line, path: "passwords") }
  }

  @Test func `a file of mosquitto_passwd is read`() throws {
    let file = try PasswordFile(text: Self.mosquitto, path: "passwords")
    let authenticator = Authenticator(AuthenticationPolicy(passwordFile: file))
    guard case .accepted = authenticator.authenticate(shows("ann", "right")) else {
      Issue.record("the right password was refused")
      return
    }
  }

  private static let mosquitto =
    "ann:$7$101$sBgWkS1GbmFtW87k$"
    + "+O/jdbKEOmQk3M8DpWQW8Wo2VGOL0VWUWNx/eSgBWqeEO0Ke3uvHfyvAnUpbyN0JrTkYeKk91eAy3lBSPljvgQ=="
}
