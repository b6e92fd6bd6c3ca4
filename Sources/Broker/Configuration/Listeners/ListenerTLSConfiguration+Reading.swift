import YAML

extension ListenerTLSConfiguration {
  /// Reads a `tls` section; nil, and an error, where something is missing or wrong.
  init?(_ section: Section) {
    let certificate = section.required("certificate")?.path()
    let key = section.required("key")?.path()
    let asked = section.optional("client_certificates")?.choice(ClientCertificates.self)
    let clientCertificates = asked?.value ?? .none
    let clientCA: Placed<String>?
    if clientCertificates == .none {
      clientCA = section.optional("client_ca")?.path()
      if let clientCA, asked != nil || section.place(of: "client_certificates") == nil {
        section.problems.warning(
          at: clientCA.place,
          "client_ca has no effect while client_certificates is none: set it to optional or required")
      }
    } else {
      clientCA = section.required("client_ca", because: " (client_certificates: \(clientCertificates) needs it)")?
        .path()
    }
    let minimum = section.optional("minimum_version")?.choice(Version.self)
    let maximum = section.optional("maximum_version")?.choice(Version.self)
    if let minimum, maximum?.value == .v1_2, minimum.value == .v1_3 {
      section.problems.error(at: minimum.place, "minimum_version 1.3 is above maximum_version 1.2")
    }
    keyPassphrase = section.optional("key_passphrase")?.secret()
    cipherList = section.optional("cipher_list")?.string()
    cipherSuites = section.optional("cipher_suites")?.string()
    groups = Self.groups(section)
    let verification = section.optional("verification_milliseconds_max")?.number(.count, in: 1...1000)
    if let verification, clientCertificates == .none {
      section.problems.warning(
        at: verification.place, "verification_milliseconds_max has no effect while client_certificates is none")
    }
    verificationMillisecondsMax = verification?.value
    alpn = section.optional("alpn")?.strings() ?? []
    for name in alpn where name.value.utf8.count > 255 {
      section.problems.error(at: name.place, "alpn: a protocol's name has at most 255 bytes")
    }
    section.finish()
    guard let certificate, let key else { return nil }
    place = section.place
    self.certificate = certificate
    self.key = key
    self.clientCertificates = clientCertificates
    self.clientCA = clientCA
    minimumVersion = minimum?.value ?? .v1_2
    maximumVersion = maximum?.value ?? .v1_3
  }

  private static func groups(_ section: Section) -> [Placed<String>]? {
    guard let value = section.optional("groups"), let groups = value.list()?.compactMap({ $0.string() }) else {
      return nil
    }
    if groups.isEmpty {
      value.report("groups: the list is empty: no client could connect; leave it out for the default")
    }
    var names: Set<String> = []
    for group in groups where !names.insert(group.value.lowercased()).inserted {
      section.problems.error(at: group.place, "groups: \(YAMLError.quoted(group.value)) is in the list twice")
    }
    return groups
  }
}
