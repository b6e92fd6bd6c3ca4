/// The configuration of a Sluice under test: an open listener for what needs no certificate, one that wants
/// certificates where there are some, and what a test adds. Every port is chosen by the system.
struct SluiceFiles: Sendable {
  var certificates: DevelopmentCertificates?
  /// `none`, `optional` or `required`, on the TLS listener.
  var clientCertificates = "required"
  /// Whether clients that show nothing may connect.
  var isAnonymousAllowed = false
  /// Whether it answers over HTTP.
  var hasAdministration = false
  /// More keys of the section `authentication`, each `name: value`.
  var authentication: [String] = []
  /// More entries of the list of listeners, each with a line end, and their names.
  var moreListeners = ""
  var moreListenerNames: [String] = []
  /// Further sections of sluice.yaml.
  var sections = ""
  /// The whole of access.yaml.
  var access = "rules: []\n"
  /// The whole of mappings.yaml; none where it is empty.
  var mappings = ""
  /// Folders that the configuration names, kept as long as it is.
  var kept: [TemporaryFolder] = []

  /// Everybody may do everything: for tests that are about something else.
  static let openAccess = """
    rules:
      - everyone: true
        allow: { publish: ["#"], subscribe: ["#"] }

    """

  /// The names of the listeners.
  var listeners: [String] { (certificates == nil ? ["plain"] : ["plain", "tls"]) + moreListenerNames }

  /// The files by name.
  var text: [String: String] {
    var main = """
      listeners:
        - name: plain
          protocol: mqtt
          bind: 127.0.0.1:0

      """
    if let certificates {
      main += """
          - name: tls
            protocol: mqtts
            bind: 127.0.0.1:0
            tls:
              certificate: \(certificates.certificate(of: "server"))
              key: \(certificates.key(of: "server"))
              client_certificates: \(clientCertificates)

        """
      if clientCertificates != "none" { main += "      client_ca: \(certificates.authority)\n" }
    }
    main += moreListeners
    let authentication = ["anonymous: \(isAnonymousAllowed)"] + authentication
    main += """
      authentication: { \(authentication.joined(separator: ", ")) }
      administration: { \(hasAdministration ? "bind: \"127.0.0.1:0\"" : "enabled: false") }
      shards: 2
      \(sections)
      """
    var files = ["sluice.yaml": main, "access.yaml": access]
    if !mappings.isEmpty { files["mappings.yaml"] = mappings }
    return files
  }
}
