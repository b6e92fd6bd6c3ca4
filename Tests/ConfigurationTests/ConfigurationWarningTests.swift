import Configuration
import Testing

@Suite struct ConfigurationWarningTests {
  private static let main = Scratch.standard["sluice.yaml", default: ""]
  private static let tls = """
    authentication: {password_file: p}
    listeners:
      - name: a
        protocol: mqtts
        bind: 0.0.0.0:8883
        tls:
          certificate: c
          key: k

    """

  static let cases: [(files: [String: String], warnings: [String])] = [
    ([:], []),
    (
      ["access.yaml": ""],
      ["access.yaml:1:1: warning: no rule grants anything: every publish and every subscription is denied"]
    ),
    (
      ["access.yaml": "# later\n"],
      ["access.yaml:1:1: warning: no rule grants anything: every publish and every subscription is denied"]
    ),
    (
      ["access.yaml": "\n\nrules:\n#  - none yet\n"],
      ["access.yaml:3:1: warning: no rule grants anything: every publish and every subscription is denied"]
    ),
    (
      ["sluice.yaml": main + "kafka: {embedded: true}\n", "mappings.yaml": "# later\n"],
      ["mappings.yaml:1:1: warning: no mapping: nothing goes to Kafka, and nothing comes from it"]
    ),
    (
      ["mappings.yaml": "from_kafka: [{name: a, topic: b, publish: c}]"],
      ["mappings.yaml:1:1: warning: the mappings have no effect: sluice.yaml has no section \"kafka\""]
    ),
    (
      ["sluice.yaml": "listeners: [{name: a, protocol: mqtt, bind: \"127.0.0.1:1883\"}]\n"],
      [
        "sluice.yaml:1:1: warning: no client can connect: set a password_file, ask for client certificates on a"
          + " listener, or allow anonymous"
      ]
    ),
    (
      ["sluice.yaml": tls.replacing("password_file: p", with: "password_file: p, client_address: certificate")],
      [
        "sluice.yaml:3:11: warning: no client can connect to \"a\": client_address: certificate wants a certificate of"
          + " each client, and this listener asks for none"
      ]
    ),
    (
      ["sluice.yaml": tls + "      client_ca: x\n"],
      [
        "sluice.yaml:9:18: warning: client_ca has no effect while client_certificates is none: set it to optional or"
          + " required"
      ]
    ),
    (
      ["sluice.yaml": tls + "      verification_milliseconds_max: 9\n"],
      [
        "sluice.yaml:9:38: warning: verification_milliseconds_max has no effect while client_certificates is none"
      ]
    ),
    (
      ["sluice.yaml": tls + "    identity: {from: subject}\n"],
      ["sluice.yaml:9:22: warning: identity has no effect while tls.client_certificates is none"]
    ),
    (
      ["sluice.yaml": tls + "    allow_plaintext: true\n"],
      ["sluice.yaml:9:22: warning: allow_plaintext has no effect with the protocol mqtts"]
    ),
    (
      ["sluice.yaml": tls + "      key_passphrase: \"open sesame\"\n"],
      [
        "sluice.yaml:9:23: warning: key_passphrase: a secret stands in this file: keep it in a file of its own"
          + " (file:PATH) or in ${NAME}"
      ]
    ),
  ]

  @Test(arguments: cases) func `what is allowed but probably not meant is a warning`(
    files: [String: String], expected: [String]
  ) throws {
    let found = try warnings(files)
    #expect(found == expected)
  }

  @Test func `rules that are wrong do not also count as none`() throws {
    let report = try Scratch(["access.yaml": "rules: [{}]\n"]).load()
    #expect(!report.errors.isEmpty)
    #expect(report.warnings.isEmpty)
  }
}
