import Configuration
import Testing

/// What right files come to.
@Suite struct ConfigurationValueTests {
  @Test func `what is not said has its documented default`() throws {
    let scratch = try Scratch()
    let configuration = try #require(scratch.load().configuration)
    #expect(configuration.limits == LimitsConfiguration())
    #expect(configuration.log == (try configurationWith("log: {level: info, format: text}\n")).log)
    #expect(configuration.shards == nil)
    #expect(configuration.kafka == nil)
    #expect(configuration.administration?.bind.value == BindAddress("127.0.0.1:9880"))
    #expect(configuration.authentication.passwordFile == nil)
    #expect(configuration.authentication.certificates)
    #expect(configuration.authentication.clientIDBinding == .any)
    #expect(configuration.listeners[0].certificateName == .commonName)
    #expect(configuration.listeners[0].limits == LimitsConfiguration())
    #expect(configuration.listeners[0].tls == nil)
    #expect(configuration.mappings.toKafka.isEmpty && configuration.mappings.fromKafka.isEmpty)
    #expect(configuration.mappings.file == scratch.folder + "mappings.yaml")
  }

  @Test func `anonymous clients are not let in unless it is said`() throws {
    let main = "listeners: [{name: a, protocol: mqtt, bind: \"[::1]:0\"}]\nauthentication: {password_file: p}\n"
    #expect(try configuration(["sluice.yaml": main]).authentication.anonymous == false)
    #expect(try configuration([:]).authentication.anonymous)
  }

  @Test func `a listener is read with all its keys`() throws {
    let scratch = try Scratch([
      "sluice.yaml": """
      listeners:
        - name: devices
          protocol: mqtts
          bind: "[::]:8883"
          limits: {connections_max: 500, packet_bytes_max: 2 MiB}
          identity: {from: san_uri}
          tls:
            certificate: certs/server.crt
            key: /etc/server.key
            key_passphrase: file:pass
            client_certificates: required
            client_ca: ../ca.crt
            minimum_version: 1.3
            maximum_version: "1.3"
            cipher_list: HIGH
            cipher_suites: TLS_AES_128_GCM_SHA256
            groups: [P-384, X25519]
            verification_milliseconds_max: 5
            alpn: [mqtt, x]
        - {name: open, protocol: mqtt, bind: "0.0.0.0:1883", allow_plaintext: true}

      """,
      "pass": "sesame\n",
    ])
    let configuration = try #require(scratch.load().configuration)
    let listener = try #require(configuration.listeners.first)
    let tls = try #require(listener.tls)
    #expect(listener.name == Placed("devices", at: place(scratch, 2, 11)))
    #expect(listener.bind.value.description == "[::]:8883" && !listener.bind.value.isLoopback)
    #expect(listener.limits.connectionsMax == 500 && listener.limits.packetBytesMax == 2 << 20)
    #expect(listener.certificateName == .uri)
    #expect(tls.certificate == Placed(scratch.folder + "certs/server.crt", at: place(scratch, 8, 20)))
    #expect(tls.key.value == "/etc/server.key")
    #expect(tls.keyPassphrase?.value.revealed == "sesame")
    #expect(tls.clientCertificates == .required)
    #expect(tls.clientCA?.value == scratch.folder + "../ca.crt")
    #expect(tls.minimumVersion == .v1_3 && tls.maximumVersion == .v1_3)
    #expect(tls.cipherList?.value == "HIGH")
    #expect(tls.cipherSuites?.value == "TLS_AES_128_GCM_SHA256")
    #expect(tls.groups?.map(\.value) == ["P-384", "X25519"])
    #expect(tls.verificationMillisecondsMax == 5)
    #expect(tls.alpn.map(\.value) == ["mqtt", "x"])
    #expect(configuration.listeners[1].wireProtocol == .mqtt)
    #expect(configuration.listeners[1].tls == nil)
  }

  static let limits: [(text: String, value: Int)] = [
    ("5000", 5_000), ("256 KiB", 262_144), ("256KiB", 262_144), ("\"1 MiB\"", 1_048_576), ("2048 B", 2_048),
    ("\"${SIZE}\"", 3_072),
  ]

  @Test(arguments: limits) func `sizes are bytes, or have a unit`(text: String, value: Int) throws {
    let main =
      Scratch.standard["sluice.yaml", default: ""]
      + "limits: {connect_packet_bytes_max: 1 KiB, packet_bytes_max: \(text)}\n"
    #expect(try configuration(["sluice.yaml": main], ["SIZE": "3 KiB"]).limits.packetBytesMax == value)
  }

  static let durations: [(text: String, value: Int)] = [
    ("90", 90), ("90 s", 90), ("5min", 300), ("2 h", 7_200), ("7 d", 604_800), ("0", 0),
  ]

  @Test(arguments: durations) func `durations are seconds, or have a unit`(text: String, value: Int) throws {
    let limits = try configurationWith("limits: {session_expiry_seconds_max: \(text)}\n").limits
    #expect(limits.sessionExpirySecondsMax == value)
  }

  @Test func `each limit is read into its own field`() throws {
    let keys = [
      "packet_bytes_max", "connect_packet_bytes_max", "connections_max", "connections_per_address_max",
      "pending_connections_max", "sessions_max", "client_id_bytes_max",
      "topic_levels_max", "subscriptions_per_client_max", "topic_alias_maximum", "receive_maximum", "inflight_max",
      "acknowledge_timeout_seconds", "queue_messages_max", "queue_bytes_max", "output_bytes_max",
      "session_expiry_seconds_max", "retained_messages_max", "retained_bytes_max", "keep_alive_seconds_max",
      "connect_timeout_seconds", "handshake_timeout_seconds", "user_properties_max",
    ]
    let values = [
      200_001, 200_000, 11, 29, 30, 12, 23, 14, 15, 16, 17, 18, 31, 19, 100_000, 100_001, 22, 24, 25, 26, 27, 28, 32,
    ]
    let lines = zip(keys, values).map { "  \($0): \($1)\n" }.joined()
    let limits = try configurationWith("limits:\n" + lines).limits
    #expect(Mirror(reflecting: limits).children.compactMap { $0.value as? Int } == values)
  }

  @Test(arguments: [
    ("256 MiB", 268_435_455), ("268435456", 268_435_455), ("268435455", 268_435_455), ("1 MiB", 1 << 20),
  ])
  func `no packet is announced that is larger than MQTT's own bound`(text: String, value: Int) throws {
    let main = """
      listeners: [{name: a, protocol: mqtt, bind: "127.0.0.1:1", limits: {packet_bytes_max: \(text)}}]
      authentication: {anonymous: true}
      limits: {packet_bytes_max: \(text)}

      """
    let read = try configuration(["sluice.yaml": main])
    #expect(read.limits.packetBytesMax == value && read.listeners[0].limits.packetBytesMax == value)
  }

  @Test func `what MQTT leaves to the server is as brokers usually have it, and can be set`() throws {
    let usual = try configurationWith("")
    #expect(!usual.mqtt.allowsControlCharacters && !usual.mqtt.isStrictAboutClientIDs)
    #expect(usual.listeners[0].maximumQoS == 2 && usual.listeners[0].isRetainAvailable)
    let main = """
      listeners: [{name: a, protocol: mqtt, bind: "127.0.0.1:1", maximum_qos: 1, retain_available: false}]
      authentication: {anonymous: true}
      mqtt: {allow_control_characters: true, strict_client_identifiers: true}

      """
    let set = try configuration(["sluice.yaml": main])
    #expect(set.mqtt.allowsControlCharacters && set.mqtt.isStrictAboutClientIDs)
    #expect(set.listeners[0].maximumQoS == 1 && !set.listeners[0].isRetainAvailable)
  }

  @Test func `a listener has the broker's limits but for its own, which may be larger or smaller`() throws {
    let main = """
      listeners:
        - {name: a, protocol: mqtt, bind: "127.0.0.1:1", limits: {receive_maximum: 5000, queue_messages_max: 7}}
        - {name: b, protocol: mqtt, bind: "127.0.0.1:2"}
      authentication: {anonymous: true}
      limits: {receive_maximum: 20, inflight_max: 30}

      """
    let listeners = try configuration(["sluice.yaml": main]).listeners.map(\.limits)
    #expect(listeners.map(\.receiveMaximum) == [5000, 20])
    #expect(listeners.map(\.inflightMax) == [30, 30])
    #expect(listeners.map(\.queueMessagesMax) == [7, LimitsConfiguration().queueMessagesMax])
  }

  @Test func `a user name that nothing proves is ignored unless it is said`() throws {
    #expect(try configuration([:]).authentication.unprovenUserNames == .ignore)
    let strict = Scratch.standard["sluice.yaml", default: ""].replacing(
      "anonymous: true", with: "anonymous: true, unproven_user_names: refuse")
    #expect(try configuration(["sluice.yaml": strict]).authentication.unprovenUserNames == .refuse)
  }

  @Test func `what MQTT leaves to the server is read, and has defaults`() throws {
    let standard = try configurationWith("").mqtt
    #expect(!standard.validatesPayloadFormat && standard.revealsRefusals && standard.responseInformation == nil)
    let text = "mqtt: {validate_payload_format: true, reveal_refusals: false, response_information: \"a/{client}\"}\n"
    let chosen = try configurationWith(text).mqtt
    #expect(chosen.validatesPayloadFormat && !chosen.revealsRefusals)
    #expect(chosen.responseInformation?.value == "a/{client}")
  }

  @Test func `an access file is read with its places and its order`() throws {
    let scratch = try Scratch([
      "access.yaml": """
      groups:
        z: {members: ["user:a", "client:b"]}
        a: {members: []}
      rules:
        - group: z
          allow: {publish: ["x/{client}/#"], subscribe: [y]}
          deny: {subscribe: [y/9]}
        - {user: "u-*", allow: {publish: [p]}}
        - {client: c, deny: {publish: [p]}}
        - {certificate: CN=d, allow: {publish: [p]}}
        - {everyone: true, allow: {publish: [p]}}

      """
    ])
    let access = try #require(scratch.load().configuration).access
    func at(_ line: Int, _ column: Int) -> SourcePlace {
      SourcePlace(file: scratch.folder + "access.yaml", line: line, column: column)
    }
    #expect(access.groups.map(\.value.name.value) == ["z", "a"])
    #expect(access.groups[0].value.members == [Placed("user:a", at: at(2, 17)), Placed("client:b", at: at(2, 27))])
    #expect(
      access.rules.map(\.value.subject.value) == [
        .group("z"), .user("u-*"), .client("c"), .certificate("CN=d"), .everyone,
      ])
    #expect(access.rules[0].place == at(5, 5))
    #expect(access.rules[0].value.subject.place == at(5, 12))
    #expect(access.rules[0].value.allow.publish == [Placed("x/{client}/#", at: at(6, 23))])
    #expect(access.rules[0].value.allow.subscribe.map(\.value) == ["y"])
    #expect(access.rules[0].value.deny.subscribe == [Placed("y/9", at: at(7, 24))])
    #expect(access.rules[0].value.deny.publish.isEmpty)
  }

  @Test func `a mappings file is read with its defaults and its order`() throws {
    let mappings = try configuration([
      "sluice.yaml": Scratch.standard["sluice.yaml", default: ""] + "kafka: {embedded: true}\nmappings: m.yaml\n",
      "m.yaml": """
      to_kafka:
        - {name: a, filter: "a/{x}", topic: t}
        - {name: b, filter: b, topic: "t-{x}", key: "{x}", headers: {z: "1", y: "{x}"}, header_set: none,
           acknowledge: journal, permanent_refusal_3x: acknowledge}
      from_kafka:
        - {name: c, topic: "^t-.*", publish: "c/{key}"}
        - {name: d, topic: t, publish: d, qos: 2, retain: true, group: g}

      """,
    ]).mappings
    #expect(mappings.toKafka.map(\.name.value) == ["a", "b"])
    #expect(mappings.toKafka[0].acknowledge.value == .kafka)
    #expect(mappings.toKafka[0].headerSet == .standard)
    #expect(mappings.toKafka[0].key == nil && mappings.toKafka[0].headers.isEmpty)
    #expect(mappings.toKafka[1].filter.place.line == 3)
    #expect(mappings.toKafka[1].headers.map { [$0.name.value, $0.value.value] } == [["z", "1"], ["y", "{x}"]])
    #expect(mappings.toKafka[1].headerSet == .none)
    #expect(mappings.toKafka[1].acknowledge.value == .journal)
    #expect(mappings.toKafka.map(\.permanentRefusal3x) == [.disconnect, .acknowledge])
    #expect(mappings.fromKafka[0].qos == 1 && !mappings.fromKafka[0].retain && mappings.fromKafka[0].group == nil)
    #expect(mappings.fromKafka[1].qos == 2 && mappings.fromKafka[1].retain)
    #expect(mappings.fromKafka[1].group?.value == "g")
  }

  @Test func `administration can be moved and turned off`() throws {
    #expect(try configurationWith("administration: {bind: \"[::1]:0\"}\n").administration?.bind.value.port == 0)
    #expect(try configurationWith("administration: {enabled: false}\n").administration == nil)
  }

  private func place(_ scratch: Scratch, _ line: Int, _ column: Int) -> SourcePlace {
    SourcePlace(file: scratch.folder + "sluice.yaml", line: line, column: column)
  }

  private func configurationWith(_ text: String) throws -> Configuration {
    try configuration(["sluice.yaml": Scratch.standard["sluice.yaml", default: ""] + text])
  }
}
