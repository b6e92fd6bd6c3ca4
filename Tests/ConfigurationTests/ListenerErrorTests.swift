import Configuration
import Testing

@Suite struct ListenerErrorTests {
  private static let tls =
    "  - name: a\n    protocol: mqtts\n    bind: 0.0.0.0:8883\n    tls:\n      certificate: c.pem\n      key: k.pem\n"

  static let listeners: [(text: String, errors: [String])] = [
    (
      "  - name: a\n",
      [
        "sluice.yaml:3:5: missing key \"protocol\" in listener",
        "sluice.yaml:3:5: missing key \"bind\" in listener",
      ]
    ),
    (
      "  - {name: a, protocol: mqtt, bind: \"0.0.0.0:1883\"}\n",
      [
        "sluice.yaml:3:37: bind: the protocol mqtt sends passwords and messages in the clear, and"
          + " 0.0.0.0:1883 can be reached from other machines: use mqtts, bind 127.0.0.1 or [::1], or set"
          + " allow_plaintext: true"
      ]
    ),
    (
      "  - {name: a, protocol: mqtt, bind: \"[::]:1883\"}\n",
      [
        "sluice.yaml:3:37: bind: the protocol mqtt sends passwords and messages in the clear, and"
          + " [::]:1883 can be reached from other machines: use mqtts, bind 127.0.0.1 or [::1], or set"
          + " allow_plaintext: true"
      ]
    ),
    (
      "  - {name: a, protocol: amqp, bind: \"127.0.0.1:1\"}\n",
      [
        "sluice.yaml:3:25: protocol: \"amqp\" is not one of mqtt, mqtts, ws, wss"
      ]
    ),
    (
      "  - {name: a, protocol: mqtt, bind: \"127.0.0.1:1\", tls: {}}\n",
      [
        "sluice.yaml:3:52: tls: the protocol mqtt has none: use mqtts, or remove this section"
      ]
    ),
    (
      "  - {name: a, protocol: mqtts, bind: \"127.0.0.1:1\"}\n",
      [
        "sluice.yaml:3:5: missing key \"tls\" in listener (the protocol mqtts needs it)"
      ]
    ),
    (
      tls + "      groups: [X25519, x25519]\n      verification_milliseconds_max: 0\n      client_certificates: none\n",
      [
        "sluice.yaml:9:24: groups: \"x25519\" is in the list twice",
        "sluice.yaml:10:38: verification_milliseconds_max: \"0\" is out of range: 1 to 1000",
      ]
    ),
    (
      tls + "      groups: []\n",
      ["sluice.yaml:9:15: groups: the list is empty: no client could connect; leave it out for the default"]
    ),
    (
      "  - {name: a, protocol: mqtts, bind: \"127.0.0.1:1\", tls: }\n",
      [
        "sluice.yaml:3:58: missing key \"certificate\" in tls",
        "sluice.yaml:3:58: missing key \"key\" in tls",
      ]
    ),
    (
      "  - {name: a, protocol: mqtt, bind: localhost:1883}\n",
      [
        "sluice.yaml:3:37: bind: \"localhost:1883\" is not an IP address with a port, such as"
          + " 127.0.0.1:8883 or [::1]:8883; did you mean \"127.0.0.1:1883\"?"
      ]
    ),
    (
      "  - {name: a, protocol: mqtt, bind: \"*:1883\"}\n",
      [
        "sluice.yaml:3:37: bind: \"*:1883\" is not an IP address with a port, such as 127.0.0.1:8883 or"
          + " [::1]:8883; did you mean \"0.0.0.0:1883\"?"
      ]
    ),
    (
      "  - {name: a, protocol: mqtt, bind: 1883}\n",
      [
        "sluice.yaml:3:37: bind: \"1883\" is not an IP address with a port, such as 127.0.0.1:8883 or"
          + " [::1]:8883; did you mean \"127.0.0.1:1883\"?"
      ]
    ),
    (
      "  - {name: a, protocol: mqtt, bind: 127.0.0.1}\n",
      [
        "sluice.yaml:3:37: bind: \"127.0.0.1\" is not an IP address with a port, such as 127.0.0.1:8883 or"
          + " [::1]:8883"
      ]
    ),
    (
      "  - {name: a, protocol: mqtt, bind: \"127.0.0.1:65536\"}\n",
      [
        "sluice.yaml:3:37: bind: \"127.0.0.1:65536\" is not an IP address with a port, such as"
          + " 127.0.0.1:8883 or [::1]:8883"
      ]
    ),
    (
      "  - {name: a, protocol: mqtt, bind: \"::1:1883\"}\n",
      [
        "sluice.yaml:3:37: bind: \"::1:1883\" is not an IP address with a port, such as 127.0.0.1:8883 or"
          + " [::1]:8883"
      ]
    ),
    (
      "  - {name: a, protocol: mqtt, bind: \"127.0.0.1:1\"}\n"
        + "  - {name: a, protocol: mqtt, bind: \"127.0.0.1:2\"}\n",
      [
        "sluice.yaml:4:12: duplicate listener name \"a\": it was first given at sluice.yaml:3:12"
      ]
    ),
    (
      "  - {name: a, protocol: mqtt, bind: \"127.0.0.1:1\"}\n"
        + "  - {name: b, protocol: mqtt, bind: \"127.0.0.1:1\"}\n",
      [
        "sluice.yaml:4:37: bind: the listener \"a\" at sluice.yaml:3:12 has the address 127.0.0.1:1 already"
      ]
    ),
    (
      "  - {name: a, protocol: mqtt, bind: \"127.0.0.1:1\", limits: {connections_max: 0}}\n",
      [
        "sluice.yaml:3:78: connections_max: \"0\" is out of range: 1 to 10000000"
      ]
    ),
    (
      "  - {name: a, protocol: mqtt, bind: \"127.0.0.1:1\", identity: {}}\n",
      [
        "sluice.yaml:3:62: missing key \"from\" in identity"
      ]
    ),
    (
      "  - {name: a, protocol: mqtt, bind: \"127.0.0.1:1\", identity: {from: cn}}\n",
      [
        "sluice.yaml:3:69: from: \"cn\" is not one of common_name, san_dns, san_email, san_uri, subject"
      ]
    ),
    (
      "  - name: a\n    protocol: mqtts\n    bind: 127.0.0.1:8883\n    tls: {key: k}\n",
      [
        "sluice.yaml:6:10: missing key \"certificate\" in tls"
      ]
    ),
  ]

  @Test(arguments: listeners) func `a wrong listener is explained`(text: String, expected: [String]) throws {
    let found = try errors(["sluice.yaml": "authentication: {anonymous: true}\nlisteners:\n" + text])
    #expect(found == expected)
  }

  static let tlsSections: [(text: String, errors: [String])] = [
    (
      tls + "      client_certificates: required\n",
      [
        "sluice.yaml:7:7: missing key \"client_ca\" in tls (client_certificates: required needs it)"
      ]
    ),
    (
      tls + "      client_certificates: require\n      client_ca: x\n",
      [
        "sluice.yaml:9:28: client_certificates: \"require\" is not one of none, optional, required; did"
          + " you mean \"required\"?"
      ]
    ),
    (
      tls + "      minimum_version: 1.3\n      maximum_version: 1.2\n",
      [
        "sluice.yaml:9:24: minimum_version 1.3 is above maximum_version 1.2"
      ]
    ),
    (
      tls + "      minimum_version: 1.1\n",
      [
        "sluice.yaml:9:24: minimum_version: \"1.1\" is not one of 1.2, 1.3; did you mean \"1.2\"?"
      ]
    ),
    (
      tls + "      key_passphrase: file:none\n",
      [
        "sluice.yaml:9:23: key_passphrase: the file \"none\" does not exist"
      ]
    ),
    (
      tls + "      key_passphrase: ${NONE}\n",
      [
        "sluice.yaml:9:23: key_passphrase: the environment variable NONE is not set"
      ]
    ),
    (
      tls + "      key_passphrase: [a]\n",
      [
        "sluice.yaml:9:23: key_passphrase: expected file:PATH or ${NAME}, found a list"
      ]
    ),
    (
      tls + "      alpn: mqtt\n",
      [
        "sluice.yaml:9:13: alpn: expected a list, found a text: write [\"...\"], or lines that begin with"
          + " \"- \""
      ]
    ),
    (
      tls + "      alpn: [\(String(repeating: "x", count: 256))]\n",
      [
        "sluice.yaml:9:14: alpn: a protocol's name has at most 255 bytes"
      ]
    ),
    (
      tls + "      certifcate: x\n",
      [
        "sluice.yaml:9:7: unknown key \"certifcate\"; did you mean \"certificate\"?"
      ]
    ),
  ]

  @Test(arguments: tlsSections) func `a wrong TLS section is explained`(text: String, expected: [String]) throws {
    let found = try errors(["sluice.yaml": "authentication: {anonymous: true}\nlisteners:\n" + text])
    #expect(found == expected)
  }
}
