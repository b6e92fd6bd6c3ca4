import Glibc
import Testing

/// A start that fails says what is wrong, where, and ends with status 1; nothing is left running.
@Suite(.serialized)
struct BadStartTests {
  private static let webSocket =
    "listeners:\n  - name: a\n    protocol: ws\n    bind: 127.0.0.1:0\n    "

  @Test(arguments: [
    ("listeners:\n  - name: a\n    protokol: mqtt\n    bind: 127.0.0.1:0\n", "sluice.yaml:3:5", "protocol"),
    ("listeners:\n  - name: a\n    protocol: mqtt\n    bind: 0.0.0.0:1883\n", "sluice.yaml:4:11", "allow_plaintext"),
    ("listeners: []\n", "sluice.yaml:1:12", "empty"),
    ("listeners:\n\t- a\n", "sluice.yaml:2:1", "tab"),
    ("", "sluice.yaml", "listeners"),
    (Self.webSocket + "websocket: { path: mqtt }\n", "sluice.yaml:5:24", "begin with /"),
    (Self.webSocket + "websocket: { origins: [example.com] }\n", "sluice.yaml:5:28", "is no origin"),
    (Self.webSocket + "proxy_protocol: { networks: [10.0.0.1/8] }\n", "sluice.yaml:5:34", "behind its prefix"),
    (
      "listeners:\n  - name: a\n    protocol: mqtt\n    bind: 127.0.0.1:0\n    mount_point: a/#\n", "sluice.yaml:5:18",
      "wildcards"
    ),
    (Self.webSocket + "limits: { sessions_max: 5 }\n", "sluice.yaml:5:15", "of the whole broker"),
    (
      "mqtt: { response_information: \"a/x{client}\" }\n" + Self.webSocket + "versions: [\"5\"]\n", "sluice.yaml:1:31",
      "each a whole level"
    ),
    ("limits: { packet_bytes_max: 10 TB }\n", "sluice.yaml:1:29", "packet_bytes_max"),
  ])
  func `check names file, line and column`(text: String, place: String, words: String) async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(text, to: "sluice.yaml")
    try folder.write(SluiceFiles.openAccess, to: "access.yaml")
    let outcome = try await SluiceBinary.run(["check", "--config", path])
    #expect(outcome.status == .code(1))
    #expect(outcome.errors.contains(place) && outcome.errors.contains(words), "\(outcome.errors)")
    let run = try SluiceProcess.launch([:], folder: folder)
    #expect(try await run.waitForEnd() == .code(1))
    #expect(run.log.contains(place))
  }

  @Test
  func `check finds every mistake of the three files at once`() async throws {
    var files = SluiceFiles(access: "rules:\n  - user: a\n    allow: { publish: [\"a/#/b\"] }\n").text
    files["mappings.yaml"] = "to_kafka:\n  - name: m\n    filter: a/{x}\n    topic: t\n    key: \"{y}\"\n"
    files["sluice.yaml"]? +=
      "\nkafka: { bootstrap_servers: [\"127.0.0.1:9092\"], properties: { no.such: 1 } }\nlimitz: {}\n"
    let folder = try TemporaryFolder()
    for (name, text) in files { try folder.write(text, to: name) }
    let outcome = try await SluiceBinary.run(["check", "--config", folder.file("sluice.yaml")])
    #expect(outcome.status == .code(1))
    #expect(outcome.errors.contains("limitz") && outcome.errors.contains("did you mean"), "\(outcome.errors)")
    files["sluice.yaml"] = files["sluice.yaml"]?.replacing("limitz: {}", with: "")
    try folder.write(files["sluice.yaml"] ?? "", to: "sluice.yaml")
    let second = try await SluiceBinary.run(["check", "--config", folder.file("sluice.yaml")])
    #expect(second.status == .code(1))
    #expect(second.errors.contains("access.yaml:3:24"), "\(second.errors)")
    #expect(second.errors.contains("kafka: there is no Kafka property \"no.such\""), "\(second.errors)")
  }

  @Test(arguments: [
    ("linger.mss: 1", "sluice.yaml:8:5", "did you mean \"linger.ms\"?"),
    ("linger.ms: soon", "sluice.yaml:8:5", "Invalid"),
    ("securty.protocol: ssl", "sluice.yaml:8:5", "did you mean \"security.protocol\"?"),
    ("acks: 1", "sluice.yaml:8:5", "must be all"), ("group.id: x", "sluice.yaml:8:5", "leave it out"),
    ("group.instance.id: x", "sluice.yaml:8:5", "is made of kafka.instance"),
    ("ssl.ca.location: no.crt\n    security.protocol: ssl", "sluice.yaml:8:5", "No such file"),
  ])
  func `a Kafka property that is wrong is told at its place`(line: String, place: String, words: String) async throws {
    let folder = try TemporaryFolder()
    for (name, text) in SluiceFiles(access: SluiceFiles.openAccess, mappings: "to_kafka: []\n").text {
      try folder.write(text, to: name)
    }
    let listener =
      "listeners: [{ name: a, protocol: mqtt, bind: \"127.0.0.1:0\" }]\nauthentication:\n  anonymous: true\n"
    try folder.write(
      listener + "kafka:\n  bootstrap_servers:\n    - 127.0.0.1:9092\n  properties:\n    \(line)\n", to: "sluice.yaml")
    let outcome = try await SluiceBinary.run(["check", "--config", folder.file("sluice.yaml")])
    #expect(outcome.status == .code(1))
    #expect(outcome.errors.contains("\(place): ") && outcome.errors.contains(words), "\(outcome.errors)")
  }

  @Test
  func `a configuration that is right is said to be so`() async throws {
    let folder = try TemporaryFolder()
    for (name, text) in BridgeScenes.embedded.text { try folder.write(text, to: name) }
    let outcome = try await SluiceBinary.run(["check", "--config", folder.file("sluice.yaml")])
    #expect(outcome.isSuccess && outcome.output.contains("valid"), "\(outcome)")
  }

  @Test
  func `a configuration file that is not there is told`() async throws {
    let outcome = try await SluiceBinary.run(["run", "--config", "/nowhere/sluice.yaml"])
    #expect(outcome.status == .code(1))
    #expect(outcome.errors.contains("/nowhere/sluice.yaml") && outcome.errors.contains("does not exist"), "\(outcome)")
  }

  @Test
  func `a port in use is told, and nothing stays`() async throws {
    let first = try await SluiceProcess.start(SluiceFiles(access: SluiceFiles.openAccess))
    let port = try await first.port(of: "plain")
    var files = SluiceFiles(access: SluiceFiles.openAccess).text
    files["sluice.yaml"] = files["sluice.yaml"]?.replacing("127.0.0.1:0", with: "127.0.0.1:\(port)")
    let second = try SluiceProcess.launch(files)
    #expect(try await second.waitForEnd() == .code(1))
    #expect(second.log.contains("127.0.0.1:\(port)") && second.log.contains("in use"), "\(second.log)")
    #expect(first.isRunning)
    #expect(try await first.stop() == .code(0))
  }

  @Test(arguments: [("server.crt", "9:20"), ("server.key", "10:12"), ("ca.crt", "12:18")])
  func `a certificate file that is missing, empty or nonsense is told with its name and place`(
    name: String, place: String
  ) async throws {
    let certificates = try await DevelopmentCertificates.make()
    let files = SluiceFiles(certificates: certificates, access: SluiceFiles.openAccess).text
    for content in ["-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n", "", nil] {
      if let content {
        try certificates.folder.write(content, to: name)
      } else {
        unlink(certificates.folder.file(name))
      }
      let sluice = try SluiceProcess.launch(files)
      #expect(try await sluice.waitForEnd() == .code(1))
      #expect(sluice.log.contains(name) && sluice.log.contains("sluice.yaml:\(place): "), "\(sluice.log)")
    }
  }

  @Test
  func `a key that does not belong to the certificate is told`() async throws {
    let certificates = try await DevelopmentCertificates.make()
    var files = SluiceFiles(certificates: certificates, access: SluiceFiles.openAccess).text
    files["sluice.yaml"] = files["sluice.yaml"]?.replacing("server.key", with: "device-1.key")
    let sluice = try SluiceProcess.launch(files)
    #expect(try await sluice.waitForEnd() == .code(1))
    #expect(sluice.log.contains("device-1.key"), "\(sluice.log)")
  }

  @Test
  func `a key that everyone can read is warned of, with its place`() async throws {
    let certificates = try await DevelopmentCertificates.make()
    let files = SluiceFiles(certificates: certificates, access: SluiceFiles.openAccess)
    chmod(certificates.key(of: "server"), 0o644)
    let sluice = try await SluiceProcess.start(files)
    try await sluice.waitForLog("every user of this machine can read it")
    #expect(sluice.log.contains("server.key") && sluice.log.contains("sluice.yaml:"), "\(sluice.log)")
    #expect(try await sluice.stop() == .code(0))
    chmod(certificates.key(of: "server"), 0o640)
    let quiet = try await SluiceProcess.start(files)
    #expect(!quiet.log.contains("every user of this machine"), "\(quiet.log)")
    #expect(try await quiet.stop() == .code(0))
  }

  @Test(arguments: ["nonsense", "a:b", "user:$pbkdf2-sha512$i=1000000000$AA$AA"])
  func `a password file with a bad line lets nobody in: it is told at start`(line: String) async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(line + "\n", to: "passwords")
    let files = SluiceFiles(authentication: ["password_file: \(path)"], access: SluiceFiles.openAccess)
    let sluice = try SluiceProcess.launch(files.text)
    #expect(try await sluice.waitForEnd() == .code(1))
    #expect(sluice.log.contains("passwords") && sluice.log.contains("1"), "\(sluice.log)")
  }

  @Test
  func `a password file that is not there is told at start`() async throws {
    let files = SluiceFiles(authentication: ["password_file: /nowhere/passwords"], access: SluiceFiles.openAccess)
    let sluice = try SluiceProcess.launch(files.text)
    #expect(try await sluice.waitForEnd() == .code(1))
    #expect(sluice.log.contains("/nowhere/passwords"), "\(sluice.log)")
  }

  @Test(arguments: [[], ["fly"], ["run"], ["run", "--konfig", "x"], ["check"], ["password"], ["certificates"]])
  func `words that are not understood are answered with how to say it`(words: [String]) async throws {
    let outcome = try await SluiceBinary.run(words)
    #expect(outcome.status == .code(2))
    #expect((outcome.output + outcome.errors).contains("sluice "))
  }
}
