import TLS
import Testing

@Suite struct OpenSSLClientTests {
  let authority: TestAuthority
  let context: TLSContext

  init() throws {
    authority = try TestAuthority()
    context = try TLSContext(authority.options())
  }

  @Test
  func `a key update of TLS 1.3 is answered and data goes on in both directions`() throws {
    let client = try SocketClient(context, ["-tls1_3", "-CAfile", authority.path("ca.crt")])
    try client.type("before")
    try client.drive("data") { $0.plaintext == "before\n" }
    for round in 1...3 {
      try client.type("K")
      try client.drive("the key update") { $0.printed.components(of: "KEYUPDATE") == round }
      try client.type("after \(round)")
      try client.drive("data after it") { $0.plaintext.hasSuffix("after \(round)\n") }
      client.send("answer \(round)\n")
      try client.drive("the answer") { $0.printed.contains("answer \(round)\n") }
    }
    #expect(client.state == .open)
    client.finish()
    try client.drive("the end") { $0.isClosed && $0.printed.contains("closed") }
  }

  @Test
  func `renegotiation in TLS 1.2 is refused`() throws {
    let client = try SocketClient(context, ["-tls1_2", "-CAfile", authority.path("ca.crt")])
    try client.type("before")
    try client.drive("data") { $0.plaintext == "before\n" }
    try client.type("R")
    try client.drive("the attempt") { $0.printed.contains("RENEGOTIATING") }
    try client.drive("the end") { $0.isClosed }
    try client.drive("the reason") { $0.printed.contains("no renegotiation") }
    #expect(client.handshakesFinished == 1)
  }

  @Test
  func `the chain verifies for a client that asks for the name or the address`() throws {
    for arguments in [
      ["-verify_hostname", "localhost"], ["-verify_ip", "127.0.0.1"], ["-verify_hostname", "a.example.org"],
    ] {
      let client = try SocketClient(context, ["-CAfile", authority.path("ca.crt"), "-verify_return_error"] + arguments)
      try client.drive("the verdict") { $0.printed.contains("Verify return code: 0 (ok)") }
      #expect(!client.printed.contains("Reused,"))
      client.finish()
      try client.drive("the end") { $0.isClosed }
    }
  }

  @Test
  func `no session ticket is given`() throws {
    for version in ["-tls1_2", "-tls1_3"] {
      let client = try SocketClient(context, [version, "-CAfile", authority.path("ca.crt")])
      try client.type("x")
      try client.drive("data") { $0.plaintext == "x\n" }
      client.send("bye\n")
      client.finish()
      try client.drive("the end") { $0.isClosed }
      #expect(!client.printed.contains("TLS session ticket:"))
      #expect(!client.printed.contains("New Session Ticket arrived"))
    }
  }
}

extension String {
  /// How often `text` is in the string.
  fileprivate func components(of text: String) -> Int {
    split(separator: text, omittingEmptySubsequences: false).count - 1
  }
}
