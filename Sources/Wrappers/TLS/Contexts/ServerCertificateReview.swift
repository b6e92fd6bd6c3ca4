import COpenSSL

/// Looks at a server's certificate as its clients will: what they refuse, today or soon, and what it costs.
enum ServerCertificateReview {
  /// So many days before a certificate ends it is time to get the next one.
  static let daysLeftMin: Int64 = 30
  private static let secondsPerDay: Int64 = 86_400
  /// A key that takes longer to sign holds everybody on a shard up noticeably, in milliseconds.
  private static let signingMillisecondsMax = 2.5

  /// What should be looked at, each a sentence for the log that names the file.
  static func warnings(
    _ chain: [OpaquePointer], key: OpaquePointer, file: String, _ facts: PeerCertificate, now: Int64
  ) -> [String] {
    defer { ErrorQueue.clear() }
    var found: [String] = []
    if let text = validity(facts, now) { found.append(text) }
    found += purposes(chain[0])
    found += names(chain[0], facts)
    found += order(chain, now)
    if let cost = signingMilliseconds(key), cost > signingMillisecondsMax {
      found.append(
        "each handshake costs about \(cost) ms of CPU to sign with its key, and holds everybody on a shard up as long,"
          + " for anybody who connects: use a key of P-256, or RSA with 2048 bits")
    }
    return found.map { "\(file): \($0)" }
  }

  private static func validity(_ facts: PeerCertificate, _ now: Int64) -> String? {
    if facts.notAfter < now { return "it has expired; clients will refuse it: replace it" }
    if facts.notBefore > now { return "it is not valid yet; clients will refuse it: check the clock" }
    let left = facts.notAfter - now
    guard left < daysLeftMin * secondsPerDay else { return nil }
    let days = left / secondsPerDay
    return "it expires in \(days) \(days == 1 ? "day" : "days"); clients will refuse it then: replace it"
  }

  /// What its extensions let it be used for.
  private static func purposes(_ leaf: OpaquePointer) -> [String] {
    var found: [String] = []
    let flags = X509_get_extension_flags(leaf)
    if flags & UInt32(EXFLAG_INVALID) != 0 {
      found.append("its extensions are not readable; clients will refuse it")
    }
    if flags & UInt32(EXFLAG_CRITICAL) != 0 {
      found.append("it has a critical extension that OpenSSL doesn't know; clients will refuse it")
    }
    let extended = X509_get_extended_key_usage(leaf)
    if flags & UInt32(EXFLAG_XKUSAGE) != 0, extended & UInt32(XKU_SSL_SERVER | XKU_ANYEKU) == 0 {
      found.append(
        "its extended key usage doesn't name serverAuth (a client's certificate?); clients will refuse it")
    }
    if flags & UInt32(EXFLAG_KUSAGE) != 0, X509_get_key_usage(leaf) & UInt32(KU_DIGITAL_SIGNATURE) == 0 {
      found.append("its key usage doesn't allow digitalSignature, which each handshake needs; clients will refuse it")
    }
    // Roots are trusted as they are, and for that many sign themselves.
    if flags & UInt32(EXFLAG_CA) != 0, flags & UInt32(EXFLAG_SS) == 0 {
      found.append("it is an authority's certificate; some clients will refuse it: issue one for the server")
    }
    return found
  }

  private static func names(_ leaf: OpaquePointer, _ facts: PeerCertificate) -> [String] {
    var isAnyNameUsable = false
    var found: [String] = []
    for name in facts.subjectAlternativeNames {
      switch name {
      case .dns(let text):
        guard isAddress(text) else {
          isAnyNameUsable = true
          continue
        }
        found.append(
          "its alternative name DNS:\(text) is an address; clients that connect to it will refuse it: write IP:\(text)")
      case .ip: isAnyNameUsable = true
      case .email, .uri: continue
      }
    }
    guard isAnyNameUsable || !found.isEmpty else {
      return [
        "it has no alternative name that is a DNS name or an address, and clients don't look at the common name any"
          + " more; they will refuse it"
      ]
    }
    return found
  }

  private static func isAddress(_ text: String) -> Bool {
    guard let address = a2i_IPADDRESS(text) else { return false }
    ASN1_STRING_free(address)
    return true
  }

  /// Whether each certificate is signed by the next one, and what is wrong with those behind the first.
  private static func order(_ chain: [OpaquePointer], _ now: Int64) -> [String] {
    var found: [String] = []
    for index in 1..<max(1, chain.count) {
      let (below, above) = (chain[index - 1], chain[index])
      if X509_check_issued(above, below) != X509_V_OK {
        found.append(
          "certificate \(index + 1) in it is not the issuer of certificate \(index); clients that don't sort them will"
            + " refuse it: each must be followed by its issuer")
      } else if X509_verify(below, X509_get0_pubkey(above)) != 1 {
        found.append("certificate \(index + 1) in it did not sign certificate \(index); clients will refuse it")
      }
      if X509_check_ca(above) == 0 {
        found.append("certificate \(index + 1) in it is no authority's; clients will refuse what it signed")
      }
      guard let facts = PeerCertificate(certificate: above) else { continue }
      if let text = validity(facts, now) { found.append("certificate \(index + 1) in it, \(facts.subject): \(text)") }
    }
    // Authorities that tell where to get their certificate are the public ones, which sign by intermediate ones.
    if chain.count == 1, X509_check_issued(chain[0], chain[0]) != X509_V_OK, namesItsIssuersCertificate(chain[0]) {
      found.append(
        "the certificate of its issuer is not in the file; unless clients have it, they will refuse it: append it")
    }
    return found
  }

  private static func namesItsIssuersCertificate(_ leaf: OpaquePointer) -> Bool {
    guard let access = X509_get_ext_d2i(leaf, NID_info_access, nil, nil) else { return false }
    let descriptions = OpaquePointer(access)
    defer { cossl_access_free(descriptions) }
    return cossl_access_names_issuer(descriptions) == 1
  }

  /// What a signature costs, as measured with OpenSSL 3.0; nil where it is little.
  private static func signingMilliseconds(_ key: OpaquePointer) -> Double? {
    let bits = Double(EVP_PKEY_get_bits(key))
    switch EVP_PKEY_get_base_id(key) {
    case EVP_PKEY_RSA, EVP_PKEY_RSA_PSS:
      // 0.8 ms with 2,048 bits, 5.3 ms with 4,096.
      let scale = bits / 2048
      return (0.8 * scale * scale * scale * 0.85 * 10).rounded() / 10
    default: return nil
    }
  }
}
