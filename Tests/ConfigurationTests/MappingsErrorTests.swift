import Configuration
import Testing

@Suite struct MappingsErrorTests {
  static let files: [(text: String, errors: [String])] = [
    (
      "to_kafak: []\n",
      [
        "mappings.yaml:1:1: unknown key \"to_kafak\"; did you mean \"to_kafka\"?"
      ]
    ),
    (
      "to_kafka:\n  - name: a\n",
      [
        "mappings.yaml:2:5: missing key \"filter\" in mapping",
        "mappings.yaml:2:5: missing key \"topic\" in mapping",
      ]
    ),
    (
      "to_kafka:\n  - name: a\n    filter: x\n    topic: t\n    acknowlege: kafka\n",
      [
        "mappings.yaml:5:5: unknown key \"acknowlege\"; did you mean \"acknowledge\"?"
      ]
    ),
    (
      "to_kafka:\n  - name: a\n    filter: x\n    topic: t\n    acknowledge: kafak\n    header_set: some\n",
      [
        "mappings.yaml:5:18: acknowledge: \"kafak\" is not one of kafka, journal, receipt; did you mean"
          + " \"kafka\"?",
        "mappings.yaml:6:17: header_set: \"some\" is not one of none, standard, all",
      ]
    ),
    (
      "to_kafka:\n  - name: a\n    filter: x\n    topic: {t}\n",
      [
        "mappings.yaml:4:12: topic: expected a text, found keys and values; put the text in quotes if it"
          + " begins with \"{\""
      ]
    ),
    (
      "to_kafka:\n"
        + "  - {name: a, filter: x, topic: t}\n"
        + "  - {name: a, filter: y, topic: t}\n"
        + "from_kafka:\n"
        + "  - {name: a, topic: t, publish: x}\n",
      [
        "mappings.yaml:3:12: duplicate mapping name \"a\": it was first given at mappings.yaml:2:12",
        "mappings.yaml:5:12: duplicate mapping name \"a\": it was first given at mappings.yaml:2:12",
      ]
    ),
    (
      "to_kafka:\n  - {name: a, filter: x, topic: t, headers: [a]}\n",
      [
        "mappings.yaml:2:45: headers: expected keys and values, found a list"
      ]
    ),
    (
      "to_kafka:\n  - {name: a, filter: x, topic: t, headers: {h: }}\n",
      [
        "mappings.yaml:2:49: h: expected a text, found nothing"
      ]
    ),
    (
      "from_kafka:\n"
        + "  - {name: a, topic: t, publish: x, qos: 3}\n"
        + "  - {name: b, topic: t, publish: x, qos: one, retain: 1}\n",
      [
        "mappings.yaml:2:42: qos: \"3\" is out of range: 0 to 2",
        "mappings.yaml:3:42: qos: expected a whole number, in digits only, found \"one\"",
        "mappings.yaml:3:55: retain: expected true or false, found \"1\"",
      ]
    ),
    (
      "from_kafka:\n  - {name: a, topic: t}\n",
      [
        "mappings.yaml:2:5: missing key \"publish\" in mapping"
      ]
    ),
    (
      "from_kafka: x\n",
      [
        "mappings.yaml:1:13: from_kafka: expected a list, found a text: write [\"...\"], or lines that"
          + " begin with \"- \""
      ]
    ),
    (
      "to_kafka:\n  - {name: a, name: b, filter: x, topic: t}\n",
      [
        "mappings.yaml:2:15: duplicate key \"name\": it was first given at mappings.yaml:2:6"
      ]
    ),
  ]

  @Test(arguments: files) func `a wrong mappings file is explained`(text: String, expected: [String]) throws {
    let found = try errors([
      "sluice.yaml": Scratch.standard["sluice.yaml", default: ""] + "kafka: {embedded: true}\n", "mappings.yaml": text,
    ])
    #expect(found == expected)
  }
}
