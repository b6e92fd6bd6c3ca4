import Configuration
import Testing

@Suite struct KafkaConfigurationTests {
  private func kafka(_ text: String, _ environment: [String: String] = [:]) throws -> KafkaConfiguration {
    let main = Scratch.standard["sluice.yaml", default: ""] + "kafka:\n" + text
    let files = ["sluice.yaml": main, "mappings.yaml": "from_kafka: [{name: a, topic: b, publish: c}]\n"]
    return try #require(configuration(files, environment).kafka)
  }

  static let servers: [(text: String, servers: [String])] = [
    ("[\"a:9092\", \"[::1]:9093\"]", ["a:9092", "[::1]:9093"]), ("\"a:1, b:2 ,c:3\"", ["a:1", "b:2", "c:3"]),
    ("a:1", ["a:1"]), ("${SERVERS}", ["x:1", "y:2"]),
  ]

  @Test(arguments: servers) func `servers are a list, or a text with commas`(text: String, servers: [String]) throws {
    let kafka = try kafka("  bootstrap_servers: \(text)\n", ["SERVERS": "x:1,y:2"])
    guard case .external(let found) = kafka.cluster else { return #expect(Bool(false), "not external") }
    #expect(found.map(\.value) == servers)
    #expect(kafka.instance == "sluice" && kafka.hopsMax == nil)
  }

  @Test func `a server from a variable is not shown when it is wrong`() throws {
    let main = Scratch.standard["sluice.yaml", default: ""] + "kafka:\n  bootstrap_servers: [\"${SERVER}\"]\n"
    let found = try errors(
      ["sluice.yaml": main, "mappings.yaml": "from_kafka: [{name: a, topic: b, publish: c}]\n"], ["SERVER": "hidden"])
    #expect(
      found == ["sluice.yaml:4:23: bootstrap_servers: \"${SERVER}\" is not a host with a port, such as kafka-1:9092"])
  }

  @Test func `an embedded Kafka has topics with partitions`() throws {
    let kafka = try kafka("  embedded: true\n  topics: {telemetry: 4, b-c_d.e: 1}\n  instance: edge-1\n  hops_max: 3\n")
    guard case .embedded(let topics) = kafka.cluster else { return #expect(Bool(false), "not embedded") }
    #expect(topics.map(\.name.value) == ["telemetry", "b-c_d.e"])
    #expect(topics.map(\.partitions) == [4, 1])
    #expect(kafka.instance == "edge-1" && kafka.hopsMax == 3)
  }

  @Test func `properties keep their names and order, and what is secret is hidden`() throws {
    let scratch = try Scratch([
      "sluice.yaml": Scratch.standard["sluice.yaml", default: ""] + """
        kafka:
          bootstrap_servers: a:1
          properties:
            linger.ms: 5
            enable.idempotence: true
            client.rack: ""
            ssl.ca.location: ca.crt
            ssl.crl.location: /etc/crl
            sasl.password: file:pass
            sasl.username: ${NAME}
            ssl.key.password: "in clear"

        """,
      "pass": "p1\r\n", "mappings.yaml": "from_kafka: [{name: a, topic: b, publish: c}]\n",
    ])
    let report = scratch.load(["NAME": "n1"])
    let properties = try #require(report.configuration?.kafka?.properties)
    #expect(
      properties.map { "\($0.name.value)=\($0.value.value)" } == [
        "linger.ms=5", "enable.idempotence=true", "client.rack=", "ssl.ca.location=\(scratch.folder)ca.crt",
        "ssl.crl.location=/etc/crl", "sasl.password=***", "sasl.username=***", "ssl.key.password=***",
      ])
    #expect(properties.suffix(3).map(\.value.value.revealed) == ["p1", "n1", "in clear"])
    #expect(
      report.warnings.map(scratch.shown) == [
        "sluice.yaml:13:23: warning: ssl.key.password: a secret stands in this file: keep it in a file of its own"
          + " (file:PATH) or in ${NAME}"
      ])
  }

  @Test func `the certificate authorities of the system can be asked for`() throws {
    let kafka = try kafka("  bootstrap_servers: a:1\n  properties: {ssl.ca.location: probe}\n")
    #expect(kafka.properties.map(\.value.value.description) == ["probe"])
  }
}
