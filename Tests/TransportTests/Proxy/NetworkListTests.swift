import EventLoop
import Testing
import Transport

@Suite struct NetworkListTests {
  private func isIn(_ host: String, _ networks: String...) throws -> Bool {
    try NetworkList(networks).contains(#require(SocketAddress(host: host, port: 1)))
  }

  @Test
  func `an address is in the networks whose prefix it has`() throws {
    #expect(
      try isIn("10.1.2.3", "10.0.0.0/8") && !isIn("11.0.0.0", "10.0.0.0/8") && !isIn("9.255.255.255", "10.0.0.0/8"))
    #expect(try isIn("192.0.2.7", "192.0.2.7") && !isIn("192.0.2.8", "192.0.2.7") && isIn("192.0.2.7", "192.0.2.7/32"))
    #expect(
      try isIn("192.0.2.6", "192.0.2.6/31") && isIn("192.0.2.7", "192.0.2.6/31") && !isIn("192.0.2.8", "192.0.2.6/31"))
    #expect(try isIn("255.255.255.255", "0.0.0.0/0") && !isIn("::1", "0.0.0.0/0"))
    #expect(try isIn("2001:db8::7", "2001:db8::/32") && !isIn("2001:db9::7", "2001:db8::/32"))
    #expect(try isIn("2001:db8::ffff", "2001:db8::/112") && !isIn("2001:db8::1:0", "2001:db8::/112"))
    #expect(try isIn("2001:db8:0:1::", "2001:db8:0:1::/64") && !isIn("2001:db8::", "2001:db8:0:1::/64"))
    #expect(try isIn("::1", "::1") && !isIn("::2", "::1") && isIn("ffff::1", "::/0"))
    #expect(try isIn("::1", "10.0.0.0/8", "::1/128") && isIn("10.9.9.9", "::1", "10.0.0.0/8"))
  }

  @Test
  func `the empty list contains nothing`() throws {
    #expect(try !NetworkList([]).contains(#require(SocketAddress("127.0.0.1:1"))))
    #expect(try !NetworkList([]).contains(#require(SocketAddress("[::1]:1"))))
  }

  @Test
  func `an IPv4 address is the same when it is mapped into IPv6`() throws {
    #expect(try isIn("::ffff:10.1.2.3", "10.0.0.0/8") && isIn("10.1.2.3", "::ffff:10.0.0.0/104"))
    #expect(try !isIn("::ffff:11.1.2.3", "10.0.0.0/8") && !isIn("::a01:203", "10.0.0.0/8"))
  }

  @Test(arguments: [
    "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/08", "10.0.0.0/8/8",
    "10.0.0.0/ 8",
    "10.0.0/8", "10.0.0.1/8", "::/129", "::1/127", "2001:db8::1/64", "localhost", "fe80::1%lo", "[::1]", " 10.0.0.0/8",
    "10.0.0.0/99999999999999999999", "2001:db8:0:0:8000::/64",
  ])
  func `what is no network is refused with its own words`(text: String) throws {
    let error = #expect(throws: NetworkListError.self) { try NetworkList(["192.0.2.0/24", text]) }
    #expect(try #require(error).description.contains("'\(text)'"))
  }

  @Test
  func `a list has a bound`() throws {
    let networks = [String](repeating: "10.0.0.0/8", count: NetworkList.networksMax)
    #expect(try NetworkList(networks).contains(#require(SocketAddress("10.0.0.1:1"))))
    #expect(throws: NetworkListError.self) { try NetworkList(networks + ["::1"]) }
  }
}
