/// What the commonest failures of a connection to Kafka mean. librdkafka tells them as what happened on the socket.
public enum KafkaTrouble {
  /// In plain words: which server, what is wrong, and which property to set; nil for texts that say it themselves.
  public static func explanation(of text: String) -> String? {
    guard let server = server(in: text) else { return nil }
    let hasTLS = server.scheme.hasSuffix("ssl")
    let address = "the server at \(server.address)"
    if text.contains("connecting to a SSL listener") {
      let wanted = server.scheme.hasPrefix("sasl") ? "sasl_ssl" : "ssl (or sasl_ssl)"
      return "\(address) seems to speak TLS: set security.protocol to \(wanted)"
    }
    if text.contains("might require SASL") || !server.scheme.hasPrefix("sasl") && endsAtOnce(text) {
      return "\(address) seems to want SASL: set security.protocol to \(hasTLS ? "sasl_ssl" : "sasl_plaintext"),"
        + " and sasl.mechanism, sasl.username and sasl.password"
    }
    if text.contains("not valid in current SASL state") {
      return "\(address) wants no SASL on this port: set security.protocol to \(hasTLS ? "ssl" : "plaintext")"
    }
    guard hasTLS else { return nil }
    if text.contains("SSL_HANDSHAKE"), notTLS.contains(where: { text.contains($0) }) {
      let wanted = server.scheme.hasPrefix("sasl") ? "sasl_plaintext" : "plaintext (or sasl_plaintext)"
      return "\(address) does not seem to speak TLS: set security.protocol to \(wanted)"
    }
    if wantsCertificate.contains(where: { text.contains($0) }) {
      return "\(address) wants a certificate of its clients that it trusts: set ssl.certificate.location and"
        + " ssl.key.location"
    }
    return nil
  }

  /// How a handshake ends with a server that takes a ClientHello for something else.
  private static let notTLS = [
    "unexpected eof", "wrong version number", "packet length too long", "Disconnected", "Connection reset",
  ]
  /// The alerts of a server that got none, or not the right one (RFC 8446, section 6).
  private static let wantsCertificate = [
    "alert bad certificate", "alert certificate required", "alert unknown ca", "alert certificate unknown",
    "alert handshake failure", "alert number 116", "alert number 46", "alert number 48",
  ]

  /// Whether a connection that was just made ended at its first request, on the sending side: by a race librdkafka
  /// tells the same thing in this way too.
  private static func endsAtOnce(_ text: String) -> Bool {
    guard text.contains("/bootstrap:"), text.contains("ms in state UP"),
      text.contains("Broken pipe") || text.contains("Connection reset"),
      let after = text.firstRange(of: "(after "), let milliseconds = text[after.upperBound...].firstRange(of: "ms")
    else { return false }
    return Int(text[after.upperBound..<milliseconds.lowerBound]).map { $0 <= 100 } ?? false
  }

  /// The server that a text is about: `ssl://kafka-1:9093/bootstrap: ...`, without a scheme for plain text.
  private static func server(in text: String) -> (scheme: String, address: String)? {
    for word in text.split(separator: " ").prefix(4) where word.hasSuffix(":") && !word.hasPrefix("[thrd:") {
      guard let slash = word.lastIndex(of: "/") else { continue }
      let whole = word[..<slash]
      guard let mark = whole.firstRange(of: "://") else { return ("plaintext", String(whole)) }
      return (whole[..<mark.lowerBound].lowercased(), String(whole[mark.upperBound...]))
    }
    return nil
  }
}
