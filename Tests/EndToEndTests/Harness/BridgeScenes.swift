import Glibc
import Testing

/// The bridge's main scenes, for the embedded Kafka and for a real one.
struct BridgeScenes: Sendable {
  let sluice: SluiceProcess
  let port: UInt16
  /// Where Kafka is.
  let kafka: String

  /// The topics of the mappings, and how many partitions each has.
  static let topics = [
    "telemetry": 4, "bare": 1, "everything": 1, "receipts": 1, "loop": 1, "ordered": 4, "device-commands": 4,
  ]

  static let mappings = """
    to_kafka:
      - name: telemetry
        filter: plants/{plant}/devices/{device}/telemetry/#
        topic: telemetry
        key: "{device}"
        headers: { plant: "{plant}" }
      - name: bare
        filter: bare/{rest...}
        topic: bare
        key: "{rest}"
        header_set: none
      - name: everything
        filter: everything/#
        topic: everything
        header_set: all
      - name: receipts
        filter: receipts/#
        topic: receipts
        acknowledge: receipt
      - name: ordered
        filter: ordered/{device}
        topic: ordered
        key: "{device}"
      - name: loop-out
        filter: loop/{name}
        topic: loop
        key: "{name}"
    from_kafka:
      - name: commands
        topic: device-commands
        publish: plants/{header:plant}/devices/{key}/commands
        qos: 1
      - name: loop-in
        topic: loop
        publish: loop/{key}
        qos: 1

    """

  static let access = """
    rules:
      - everyone: true
        allow: { publish: ["#"], subscribe: ["#"] }
        deny: { publish: ["bare/denied"], subscribe: ["plants/9/#"] }

    """

  static var embedded: SluiceFiles {
    let topics = topics.map { "\($0): \($1)" }.sorted().joined(separator: ", ")
    return SluiceFiles(
      isAnonymousAllowed: true, sections: "kafka:\n  embedded: true\n  topics: { \(topics) }\n", access: access,
      mappings: mappings)
  }

  // MARK: scenes

  func recordAsMapped() async throws {
    let topic = "plants/7/devices/mapped/telemetry/temperature"
    try await publish(
      topic, "21.5",
      [
        "-i", "client-1", "-D", "publish", "content-type", "text/plain", "-D", "publish", "response-topic", "answers/1",
        "-D", "publish", "correlation-data", "c-1", "-D", "publish", "user-property", "unit", "°C", "-D", "publish",
        "user-property", "mqtt.client", "not me",
      ])
    let record = try #require(try await records(of: "telemetry").first { $0.contains("|mapped|") })
    let parts = record.split(separator: "|", omittingEmptySubsequences: false)
    #expect(parts.first == "mapped" || parts[1] == "mapped")
    #expect(parts.last == "21.5")
    let headers = parts[2].split(separator: ",").map(String.init)
    #expect(
      Set(headers) == [
        "mqtt.topic=\(topic)", "mqtt.client=client-1", "plant=7", "mqtt.content-type=text/plain",
        "mqtt.response-topic=answers/1", "mqtt.correlation-data=c-1", "unit=°C",
        "mqtt.user-property.mqtt.client=not me",
      ])
  }

  func headerSets() async throws {
    try await publish("bare/a/b", "without", ["-D", "publish", "user-property", "a", "b"])
    let bare = try #require(try await records(of: "bare").first { $0.hasSuffix("|without") })
    #expect(bare.hasPrefix("0|a/b|") && !bare.contains("="), "\(bare)")
    try await publish(
      "everything/x", "with", ["-i", "client-2", "-r", "-D", "publish", "message-expiry-interval", "100"])
    let all = try #require(try await records(of: "everything").first { $0.hasSuffix("|with") })
    for header in ["mqtt.topic=everything/x", "mqtt.client=client-2", "mqtt.qos=1", "mqtt.retain=1"] {
      #expect(all.contains(header), "\(all)")
    }
    #expect(all.contains("mqtt.expiry-seconds="), "\(all)")
  }

  func acknowledgedIsThere(qos: Int) async throws {
    for version in ["mqttv311", "5"] {
      for i in 0..<2 {
        let payload = "acknowledged \(version) \(qos) \(i)"
        try await publish("bare/acknowledged", payload, ["-V", version], qos: qos)
        #expect(try await records(of: "bare").contains { $0.hasSuffix("|\(payload)") })
      }
    }
  }

  func order() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for device in 0..<3 {
        group.addTask {
          let lines = (0..<300).map { "\(device) \($0)\n" }.joined()
          try await Tool.mosquittoPub.output(
            ["-h", "127.0.0.1", "-p", "\(port)", "-i", "orders-\(device)", "-q", "1", "-t", "ordered/\(device)", "-l"],
            input: lines, seconds: 60)
        }
      }
      try await group.waitForAll()
    }
    let all = try await records(of: "ordered")
    for device in 0..<3 {
      let own = all.filter { $0.contains("|\(device)|") }.map { $0.split(separator: "|").last ?? "" }
      #expect(own.map(String.init) == (0..<300).map { "\(device) \($0)" })
      #expect(Set(all.filter { $0.contains("|\(device)|") }.map { $0.prefix(2) }).count == 1, "in one partition")
    }
  }

  func partitions() async throws {
    for key in ["key-1", "key-2", "ключ", "k", "a longer key than the others"] {
      try await publish("plants/1/devices/\(key)/telemetry/x", "by sluice")
      try await produce("telemetry", "by kcat", ["-k", key, "-X", "partitioner=murmur2_random"])
      let all = try await records(of: "telemetry").filter { $0.contains("|\(key)|") }
      #expect(all.count == 2)
      #expect(Set(all.map { $0.prefix(2) }).count == 1, "\(all)")
    }
  }

  func fromKafka() async throws {
    for version in ["mqttv311", "5"] {
      let subscriber = try await subscribe("plants/+/devices/d-\(version)/commands", ["-V", version, "-C", "3"])
      try await produce("device-commands", "denied", ["-k", "d-\(version)", "-H", "plant=9"])
      for i in 0..<3 {
        try await produce("device-commands", "open \(i)", ["-k", "d-\(version)", "-H", "plant=7"])
      }
      try await subscriber.waitForEnd()
      let lines = subscriber.output.split(separator: "\n").filter { $0.hasPrefix("got ") }
      #expect(lines == (0..<3).map { "got plants/7/devices/d-\(version)/commands 1 0 open \($0)" }, "\(lines)")
    }
  }

  func strangeRecords() async throws {
    let subscriber = try await subscribe("plants/#", ["-C", "2"])
    let strange = [
      ["-k", "a/b", "-H", "plant=7"], ["-k", "#", "-H", "plant=7"], ["-k", "a", "-H", "plant=+"],
      ["-H", "plant=7"], ["-k", "a"], ["-k", "a", "-H", "plant="], ["-k", "a\u{1}", "-H", "plant=7"],
    ]
    for arguments in strange { try await produce("device-commands", "strange", ["-p", "0"] + arguments) }
    try await produce("device-commands", "tomb:", ["-p", "0", "-Z", "-K", ":", "-H", "plant=7"])
    try await produce("device-commands", "good", ["-p", "0", "-k", "after", "-H", "plant=7"])
    try await subscriber.waitForEnd()
    let lines = subscriber.output.split(separator: "\n").filter { $0.hasPrefix("got ") }
    #expect(lines == ["got plants/7/devices/tomb/commands 1 0 ", "got plants/7/devices/after/commands 1 0 good"])
    #expect(sluice.log.contains("holds a slash") && sluice.log.contains("mapping=commands"))
  }

  func loopGuard() async throws {
    let subscriber = try await subscribe("loop/#", ["-C", "2"])
    try await publish("loop/a", "from mqtt")
    try await produce("loop", "from kafka", ["-k", "b"])
    try await subscriber.waitForEnd()
    let lines = subscriber.output.split(separator: "\n").filter { $0.hasPrefix("got ") }
    #expect(lines == ["got loop/a 1 0 from mqtt", "got loop/b 1 0 from kafka"])
    // A message behind them in the same partition has passed: nothing that would come back can still be on its way.
    try await publish("loop/c", "last")
    let all = try await records(of: "loop").map { $0.split(separator: "|").last ?? "" }
    #expect(all == ["from mqtt", "from kafka", "last"])
  }

  func denied() async throws {
    let port = "\(port)"
    let outcome = try await Tool.mosquittoPub.run(
      ["-h", "127.0.0.1", "-p", port, "-V", "5", "-q", "1", "-t", "bare/denied", "-m", "denied"])
    #expect((outcome.output + outcome.errors).contains("Not authorized"), "\(outcome)")
    try await publish("bare/behind", "behind")
    let all = try await records(of: "bare")
    #expect(all.contains { $0.hasSuffix("|behind") } && !all.contains { $0.hasSuffix("|denied") })
  }

  func receipt() async throws {
    for qos in [0, 1, 2] { try await publish("receipts/x", "receipt \(qos)", qos: qos) }
    _ = try await Waiting.until("the records", seconds: 60) {
      let all = Set(try await records(of: "receipts").map { $0.split(separator: "|").last ?? "" })
      return all == ["receipt 0", "receipt 1", "receipt 2"] ? true : nil
    }
  }

  func will() async throws {
    let subscriber = try await subscribe(
      "never", ["--will-topic", "bare/will", "--will-payload", "gone", "--will-qos", "1"])
    subscriber.send(signal: SIGKILL)
    _ = try await Waiting.until("the record of the will", seconds: 60) {
      try await records(of: "bare").contains { $0.hasSuffix("bare/will|gone") || $0.hasSuffix("|gone") } ? true : nil
    }
  }

  // MARK: clients

  /// All records of a topic: `partition|key|headers|payload`.
  func records(of topic: String, _ arguments: [String] = []) async throws -> [String] {
    try await Tool.kcat.output(
      ["-b", kafka, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-f", "%p|%k|%h|%s\n"] + arguments, seconds: 40
    ).split(separator: "\n").map(String.init)
  }

  func produce(_ topic: String, _ payload: String, _ arguments: [String] = []) async throws {
    try await Tool.kcat.output(["-b", kafka, "-P", "-t", topic] + arguments, input: payload)
  }

  /// Publishes with a 5.0 client, unless it is told otherwise, and waits for the acknowledgement.
  func publish(_ topic: String, _ payload: String, _ arguments: [String] = [], qos: Int = 1) async throws {
    let version = arguments.contains("-V") ? [] : ["-V", "5"]
    let outcome = try await Tool.mosquittoPub.run(
      ["-h", "127.0.0.1", "-p", "\(port)", "-q", "\(qos)", "-t", topic, "-m", payload] + version + arguments)
    guard outcome.isSuccess, outcome.errors.isEmpty else { throw HarnessFailure("mosquitto_pub: \(outcome)") }
  }

  func subscribe(_ filter: String, _ arguments: [String] = []) async throws -> ChildProcess {
    try await Mosquitto.subscribe(
      ["-h", "127.0.0.1", "-p", "\(port)", "-q", "1", "-t", filter, "-F", "got %t %q %r %p"] + arguments)
  }
}

extension ChildProcess {
  /// Waits for its end, which must be a success.
  func waitForEnd(seconds: Double = 60) async throws {
    guard try await wait(seconds: seconds) == .code(0) else { throw HarnessFailure(report) }
  }
}
