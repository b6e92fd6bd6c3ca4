import Configuration
import Testing

@Suite struct KafkaErrorTests {
  static let sections: [(text: String, errors: [String])] = [
    (
      "",
      [
        "sluice.yaml:3:7: missing key \"bootstrap_servers\" in kafka (or embedded: true, for a Kafka in"
          + " memory)"
      ]
    ),
    (
      "  bootstrap_servers: []\n",
      [
        "sluice.yaml:4:22: bootstrap_servers: the list is empty: write at least one host:port"
      ]
    ),
    (
      "  bootstrap_servers: kafka\n",
      [
        "sluice.yaml:4:22: bootstrap_servers: \"kafka\" is not a host with a port, such as kafka-1:9092;"
          + " did you mean \"kafka:9092\"?"
      ]
    ),
    (
      "  bootstrap_servers: [\"a:0\", \"b:9092\", \"c:x\", \":1\", \"http://a:1\", \"::1:1\"]\n",
      [
        "sluice.yaml:4:23: bootstrap_servers: \"a:0\" is not a host with a port, such as kafka-1:9092",
        "sluice.yaml:4:40: bootstrap_servers: \"c:x\" is not a host with a port, such as kafka-1:9092",
        "sluice.yaml:4:47: bootstrap_servers: \":1\" is not a host with a port, such as kafka-1:9092",
        "sluice.yaml:4:53: bootstrap_servers: \"http://a:1\" is not a host with a port, such as kafka-1:9092",
        "sluice.yaml:4:67: bootstrap_servers: \"::1:1\" is not a host with a port, such as kafka-1:9092",
      ]
    ),
    (
      "  bootstrap_servers: \"a:1,,b:2\"\n",
      [
        "sluice.yaml:4:22: bootstrap_servers: \"\" is not a host with a port, such as kafka-1:9092"
      ]
    ),
    (
      "  bootstrap_servers: {a: 1}\n",
      [
        "sluice.yaml:4:22: bootstrap_servers: expected a list of host:port, found keys and values: begin"
          + " each entry with \"- \""
      ]
    ),
    (
      "  embedded: true\n  bootstrap_servers: a:1\n",
      [
        "sluice.yaml:5:22: bootstrap_servers: the embedded Kafka has its own: remove this, or embedded: true"
      ]
    ),
    (
      "  bootstrap_servers: a:1\n  topics: {a: 1}\n",
      [
        "sluice.yaml:5:11: topics: only the embedded Kafka's topics are made here: set embedded: true, or"
          + " make them with Kafka's tools"
      ]
    ),
    (
      "  embedded: true\n  topics: {a: 0, b/c: 1, ..: 1, d: 129, e: x}\n",
      [
        "sluice.yaml:5:15: a: \"0\" is out of range: 1 to 128",
        "sluice.yaml:5:18: \"b/c\" is no name for a Kafka topic: 1 to 249 letters, digits, \".\", \"_\""
          + " and \"-\"",
        "sluice.yaml:5:26: \"..\" is no name for a Kafka topic: 1 to 249 letters, digits, \".\", \"_\" and"
          + " \"-\"",
        "sluice.yaml:5:36: d: \"129\" is out of range: 1 to 128",
        "sluice.yaml:5:44: e: expected a whole number, in digits only, found \"x\"",
      ]
    ),
    (
      "  embedded: true\n  topics: [a]\n",
      [
        "sluice.yaml:5:11: topics: expected keys and values, found a list"
      ]
    ),
    (
      "  embedded: true\n  instance: a b\n",
      [
        "sluice.yaml:5:13: instance: \"a b\" is not a name of 1 to 64 letters, digits, \".\", \"_\" and \"-\""
      ]
    ),
    (
      "  embedded: true\n  properties: {bootstrap.servers: a, metadata.broker.list: b}\n",
      [
        "sluice.yaml:5:16: bootstrap.servers is not given here: use kafka.bootstrap_servers",
        "sluice.yaml:5:38: metadata.broker.list is not given here: use kafka.bootstrap_servers",
      ]
    ),
    (
      "  embedded: true\n"
        + "  properties: {sasl.password: \"file:none\", client.id: , linger.ms: [5], ssl.ca.location: ~/x}\n",
      [
        "sluice.yaml:5:31: sasl.password: the file \"none\" does not exist",
        "sluice.yaml:5:55: client.id: expected a text, found nothing",
        "sluice.yaml:5:68: linger.ms: expected a text, found a list",
        "sluice.yaml:5:90: ssl.ca.location: \"~\" is not replaced in paths: write the whole path, or ${HOME}",
      ]
    ),
    (
      "  embedded: true\n  properties: acks\n",
      [
        "sluice.yaml:5:15: properties: expected keys and values, found a text"
      ]
    ),
    (
      "  bootstrap_server: a:1\n",
      [
        "sluice.yaml:4:3: unknown key \"bootstrap_server\"; did you mean \"bootstrap_servers\"?"
      ]
    ),
    (
      "  bootstrap_servers: ${SERVERS}\n",
      [
        "sluice.yaml:4:22: bootstrap_servers: the environment variable SERVERS is not set"
      ]
    ),
  ]

  @Test(arguments: sections) func `a wrong Kafka section is explained`(text: String, expected: [String]) throws {
    let found = try errors([
      "sluice.yaml": Scratch.standard["sluice.yaml", default: ""] + "kafka:\n" + text,
      "mappings.yaml": "from_kafka: [{name: a, topic: b, publish: c}]\n",
    ])
    #expect(found == expected)
  }
}
