/// The configuration of a Sluice under test: an open listener for what needs no certificate, one that wants
/// certificates where there are some, and what a test adds.
struct SluiceFiles: Sendable {
  var certificates: DevelopmentCertificates?
  /// `none`, `optional` or `required`, on the TLS listener.
  var clientCertificates = "required"
  /// Whether clients that show nothing may connect.
  var isAnonymousAllowed = false
  /// Further sections of sluice.yaml.
  var sections = ""
  /// The whole of access.yaml.
  var access = "rules: []\n"
  /// The whole of mappings.yaml.
  var mappings = ""

  /// The files by name.
  func text(for ports: SluicePorts) -> [String: String] {
    var main = """
      listeners:
        - name: plain
          protocol: mqtt
          bind: 127.0.0.1:\(ports.mqtt)

      """
    if let certificates {
      main += """
          - name: tls
            protocol: mqtts
            bind: 127.0.0.1:\(ports.mqtts)
            tls:
              certificate: \(certificates.certificate(of: "server"))
              key: \(certificates.key(of: "server"))
              client_certificates: \(clientCertificates)

        """
      if clientCertificates != "none" { main += "      client_ca: \(certificates.authority)\n" }
    }
    main += """
      authentication: { anonymous: \(isAnonymousAllowed) }
      administration: { bind: 127.0.0.1:\(ports.administration) }
      shards: 2
      \(sections)
      """
    return ["sluice.yaml": main, "access.yaml": access, "mappings.yaml": mappings]
  }
}
