import Testing
import Transport

@Suite struct WebOriginTests {
  @Test(arguments: [
    ("https://example.com", "https://example.com"), ("HTTPS://Example.COM:443", "https://example.com"),
    ("http://example.com:80", "http://example.com"), ("http://example.com:443", "http://example.com:443"),
    ("https://example.com:", "https://example.com"), ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ("http://[::1]:8080", "http://[::1]:8080"), ("http://[2001:DB8::1]", "http://[2001:db8::1]"),
    ("capacitor://localhost", "capacitor://localhost"), ("chrome-extension://abcdef", "chrome-extension://abcdef"),
  ])
  func `an origin is written as browsers do`(text: String, written: String) throws {
    let origin = try #require(WebOrigin(text))
    #expect(origin.description == written)
    #expect(origin == WebOrigin(written))
  }

  @Test(arguments: [
    "", "null", "*", "example.com", "https:", "https://", "https:///", "https://example.com/", "https://example.com/a",
    "https://user@example.com", "https://a b", "https://example.com https://b.example", "https://example.com:65536",
    "https://example.com:-1", "https://example.com:1:2", "1http://example.com", "ht_tp://example.com", "://a",
    "https://[::1", "https://[]", "https://[::1]8", "https://\u{FC}.example", "https://*.example.com?",
    "https://a\u{0}",
    "https://" + String(repeating: "a", count: 400),
  ])
  func `what is no origin is refused`(text: String) {
    #expect(WebOrigin(text) == nil)
  }

  @Test
  func `scheme, host and port all count`() {
    let origins = ["https://a.example", "http://a.example", "https://b.example", "https://a.example:444"]
    #expect(Set(origins.compactMap { WebOrigin($0) }).count == 4)
  }
}
