import KafkaClient
import Testing

@testable import KafkaBridge

struct TemplateTests {
  private func match(_ filter: String, _ topic: String) throws -> [String]? {
    let filter = try TopicFilter(filter)
    let bytes = Array(topic.utf8)
    return bytes.withUnsafeBytes { bytes in
      filter.match(bytes)?.map { String(decoding: bytes[$0], as: UTF8.self) }
    }
  }

  @Test(
    arguments: [
      ("a/{x}/c", "a/b/c", ["b"]), ("a/{x}/c", "a/b/d", nil), ("a/{x}/c", "a/b/c/d", nil), ("a/{x}", "a", nil),
      ("a/{x}", "a/", [""]), ("{x}/{y}", "1/2", ["1", "2"]), ("a/{rest...}", "a/b/c", ["b/c"]),
      ("a/{rest...}", "a", [""]),
      ("a/{rest...}", "a/", [""]), ("a/#", "a", []), ("a/#", "ab", nil), ("#", "x/y", []), ("{all...}", "x/y", ["x/y"]),
      ("+/b", "a/b", []), ("#", "$SYS/x", nil), ("+/x", "$SYS/x", nil), ("{a}/x", "$SYS/x", nil),
      ("a//{x}", "a//1", ["1"]),
      ("plants/{p}/devices/{d}/telemetry/#", "plants/7/devices/é/telemetry/t/1", ["7", "é"]),
      ("a", "a", []), ("a", "a/", nil), ("a/", "a", nil), ("/", "/", []),
    ] as [(String, String, [String]?)])
  func `a filter matches and captures as MQTT's wildcards do`(filter: String, topic: String, captures: [String]?) throws
  {
    #expect(try match(filter, topic) == captures)
  }

  @Test(arguments: [
    ("", 0, "empty"), ("a/#/b", 4, "nothing may follow"), ("a/{x...}/b", 9, "nothing may follow"),
    ("a/b+", 3, "whole level"),
    ("a/{x", 2, "whole level"), ("a/x}", 3, "whole level"), ("a/{}", 2, "whole level"), ("a/{1x}", 3, "can't name"),
    ("{x}/{x}", 5, "two captures"), ("{client}/a", 1, "meaning of its own"), ("a/b{x}", 3, "whole level"),
    ("a\0", 0, "NUL"), ("$SYS/#", 0, "never match"), ("$share/g/a", 0, "never match"),
  ])
  func `a wrong filter is told with its place`(filter: String, offset: Int, says: String) {
    #expect {
      _ = try TopicFilter(filter)
    } throws: {
      ($0 as? MappingError)?.offset == offset && "\($0)".contains(says)
    }
  }

  @Test func `a filter has at most so many captures`() throws {
    let levels = (1...TopicFilter.capturesMax).map { "{c\($0)}" }
    #expect(try TopicFilter(levels.joined(separator: "/")).captures.count == 32)
    #expect(throws: MappingError.self) { try TopicFilter((levels + ["{more}"]).joined(separator: "/")) }
  }

  @Test func `there are at most so many mappings of one direction`() {
    let names = (0...KafkaBridgeLimits.mappingsMax).map { "m\($0)" }
    var configuration = KafkaBridgeConfiguration(kafka: KafkaConfiguration(bootstrapServers: "x"))
    configuration.toKafka = names.dropLast().map { ToKafkaMapping(name: $0, filter: "a", topic: "t") }
    #expect(KafkaBridge.check(configuration).isEmpty)
    configuration.toKafka.append(ToKafkaMapping(name: names[1_000], filter: "a", topic: "t"))
    #expect(KafkaBridge.check(configuration).map(\.message).contains { $0.contains("at most 1000") })
  }

  @Test(arguments: ["", "a b", ".", "..", String(repeating: "x", count: 250), "größe"])
  func `a topic that Kafka can't have is an error, and its longest name is none`(topic: String) {
    #expect(throws: MappingError.self) {
      try OutboundMapping(ToKafkaMapping(name: "m", filter: "a", topic: topic), index: 0)
    }
    let longest = ToKafkaMapping(name: "m", filter: "a", topic: String(repeating: "x", count: 249))
    #expect(throws: Never.self) { try OutboundMapping(longest, index: 0) }
  }

  @Test(
    arguments: [
      ("a/b", "{topic}", "holds a slash"), ("a/{x}", "{topic}", "holds a slash"),
      ("a/{x}/#", "{topic}", "holds a slash"),
      ("+/{x...}", "t", nil), ("a/{x}", "a/{x}", "holds \"/\""), ("a/{x}", "{x} b", "holds \" \""),
      ("a/{x...}", "{x...}", "not {name...}"), ("a/{x...}", "t-{x}", nil), ("a/{x}", "{{x}}", "holds \"{\""),
      ("a b", "{topic}", "can't be a Kafka topic"), ("..", "{topic}", "can't be a Kafka topic"), ("a", "{topic}", nil),
      ("+", "{topic}", nil), ("{x}", "{topic}", nil), ("#", "{topic}", nil), ("a/#", "{topic}", nil),
      ("a/{x}", String(repeating: "n", count: 250) + "{x}", "can't be"),
      ("a/{x}", String(repeating: "n", count: 249) + "{x}", nil),
      ("a/{x}", String(repeating: "n", count: 249) + "{qos}", "can't be"), ("a/{x}", "größe-{x}", "holds \"ö\""),
      ("a/{x}", "{x|upper}", "unknown word \"upper\""), ("a/{x}", "{client}.{user}-{qos}_{certificate}", nil),
    ] as [(String, String, String?)])
  func `a Kafka topic that no publish can name is an error`(filter: String, topic: String, says: String?) {
    let mapping = ToKafkaMapping(name: "m", filter: filter, topic: topic)
    let errors = KafkaBridge.check(
      KafkaBridgeConfiguration(kafka: KafkaConfiguration(bootstrapServers: "x"), toKafka: [mapping]))
    if let says {
      #expect(errors.count == 1 && errors[0].field == "topic" && errors[0].message.contains(says), "\(errors)")
    } else {
      #expect(errors.isEmpty, "\(errors)")
    }
  }

  @Test func `a filter of more levels than topics have is an error`() throws {
    let levels = Array(repeating: "+", count: 32).joined(separator: "/")
    for (filter, count) in [(levels, 0), (levels + "/#", 0), (levels + "/a", 1), (levels + "/a/#", 1)] {
      let errors = KafkaBridge.check(
        KafkaBridgeConfiguration(
          kafka: KafkaConfiguration(bootstrapServers: "x"),
          toKafka: [ToKafkaMapping(name: "m", filter: filter, topic: "t")]))
      #expect(errors.count == count && errors.allSatisfy { $0.message.contains("can never match") })
    }
  }

  @Test(
    arguments: [
      ("t", "t", true), ("t", "^t.*", true), ("t", "u", false), ("tt-{x}", "tt-1", true), ("tt-{x}", "tu-1", false),
      ("{x}-out", "a-out", true), ("{x}-out", "a-out-2", false), ("a-{x}-b-{x}-c", "a-1-b-2-c", true),
      ("a-{x}-b-{x}-c", "a-1-c", false), ("{x}", "commands", false), ("dev-{x}", "^dev-", true),
      ("dev-{x}", "^device", false),
    ] as [(String, String, Bool)])
  func `a topic that is mapped both ways is warned of`(writes: String, reads: String, warns: Bool) {
    let warnings = KafkaBridge.warnings(
      KafkaBridgeConfiguration(
        kafka: KafkaConfiguration(bootstrapServers: "x"),
        toKafka: [ToKafkaMapping(name: "out", filter: "a/{x}", topic: writes)],
        fromKafka: [FromKafkaMapping(name: "in", topic: reads, publish: "b/{key}")]))
    #expect(warnings.map(\.field) == (warns ? ["topic"] : []), "\(warnings)")
    #expect(warnings.allSatisfy { $0.mapping == "out" && $0.message.contains("the mapping in reads") })
  }

  @Test func `a Kafka topic that only few publishes can name is warned of`() {
    let warnings = KafkaBridge.warnings(
      KafkaBridgeConfiguration(
        kafka: KafkaConfiguration(bootstrapServers: "x"),
        toKafka: [ToKafkaMapping(name: "m", filter: "a/#", topic: "{topic}")]))
    #expect(warnings.count == 1 && warnings[0].message.contains("one level only"))
  }

  @Test(arguments: [
    ("{devise}", 1, "did you mean device?"), ("a{plant", 1, "never closed"), ("a}b", 1, "closes nothing"),
    ("x{}", 2, "names nothing"),
    ("{header:x}", 1, "known here: {plant} {device} {client}"), ("{zzzzzz}", 1, "known here"),
  ])
  func `a wrong template is told with its place and what is known`(text: String, offset: Int, says: String) {
    #expect {
      _ = try Template(text, .toKafka(captures: ["plant", "device"]))
    } throws: {
      ($0 as? MappingError)?.offset == offset && "\($0)".contains(says)
    }
  }

  @Test func `doubled braces stand for themselves`() throws {
    #expect(try Template("a{{b}}", .fromKafka).constant == Array("a{b}".utf8))
  }

  private func render(
    _ template: String, key: [UInt8]? = Array("k".utf8), header: [UInt8]? = Array("h".utf8)
  ) throws -> Result<String, SkipReason> {
    let template = try PublishTemplate(template)
    return (key ?? []).withUnsafeBytes { keyBytes in
      (header ?? []).withUnsafeBytes { headerBytes in
        var topic = Array("what was there before".utf8)
        let reason = template.render(
          PublishTemplate.Values(
            key: key == nil ? nil : keyBytes,
            headers: template.headerNames.map { _ in header == nil ? nil : headerBytes },
            topic: "t", partition: 3, offset: 4), into: &topic)
        return reason.map { .failure($0) } ?? .success(String(decoding: topic, as: UTF8.self))
      }
    }
  }

  @Test func `a topic is made of key, headers and place`() throws {
    #expect(try render("p/{header:plant}/d/{key}/{topic}/{partition}/{offset}").get() == "p/h/d/k/t/3/4")
    #expect(try render("p/{key...}", key: Array("a/b".utf8)).get() == "p/a/b")
  }

  @Test(
    arguments: [
      (nil, SkipReason.noKey), ([], .empty("{key}")), (Array("a/b".utf8), .slash("{key}")),
      (Array("a+".utf8), .wildcard("{key}")), (Array("#".utf8), .wildcard("{key}")), ([0], .notText("{key}")),
      ([0xC0, 0x80], .notText("{key}")), ([0xED, 0xA0, 0x80], .notText("{key}")),
      ([0xF4, 0x90, 0x80, 0x80], .notText("{key}")), ([0xC2, 0x85], .notText("{key}")),
      ([0x61, 0xE2, 0x82], .notText("{key}")), ([0xEF, 0xBF, 0xBF], .notText("{key}")),
      ([0xEF, 0xB7, 0x90], .notText("{key}")), ([0xF0, 0x9F, 0xBF, 0xBE], .notText("{key}")),
      (Array("$SYS".utf8), .dollar), (Array(repeating: 0x61, count: 65_536), .tooLong(bytes: 65_536)),
      (Array(repeating: 0x61, count: 65_534), .tooLong(bytes: 65_536)),
    ] as [([UInt8]?, SkipReason)])
  func `a key that can't be in a topic skips the record`(key: [UInt8]?, reason: SkipReason) throws {
    switch try render("{key}/x", key: key) {
    case .success(let topic): Issue.record("made \(topic)")
    case .failure(let found): #expect(found == reason)
    }
  }

  @Test func `a missing header skips the record`() throws {
    guard case .failure(let reason) = try render("a/{header:h}", header: nil) else { return #expect(Bool(false)) }
    #expect(reason == .noHeader("h") && reason.explanation.contains("header h,"))
  }

  @Test(
    arguments: [
      (0xFFFD, true), (0xFDCF, true), (0xFDF0, true), (0x1F600, true), (0x1FFFD, true), (0xFEFF, true), (0xA0, true),
      (0x10FFFD, true), (0xFFFE, false), (0xFFFF, false), (0xFDD0, false), (0xFDEF, false), (0x1FFFE, false),
      (0x10FFFF, false), (0x9F, false), (0x7F, false),
    ] as [(UInt32, Bool)])
  func `noncharacters are not allowed and their neighbours are`(number: UInt32, isAllowed: Bool) throws {
    let scalar = try #require(Unicode.Scalar(number))
    let text = Array("a\(scalar)b".utf8)
    #expect(text.withUnsafeBytes { MQTTText.isAllowed($0) } == isAllowed)
    #expect(text.withUnsafeBytes { MQTTText.isWellFormed($0) })
  }

  @Test func `a payload is text whatever its characters are, if it is well-formed`() {
    for text in ["", "a\u{0}b", "eight by\u{FFFF}tes, and 日本", "12345678é"] {
      #expect(Array(text.utf8).withUnsafeBytes { MQTTText.isWellFormed($0) })
    }
    for bytes in [[0xFF], Array("12345678".utf8) + [0xC3], [0xED, 0xA0, 0x80]] as [[UInt8]] {
      #expect(!bytes.withUnsafeBytes { MQTTText.isWellFormed($0) })
    }
  }

  @Test(arguments: [
    "", "a/#", "a/+/b", "$SYS/{key}", "a/{client}", "a\u{1}", "a\u{FFFF}", "{header:a|b}", "{key|x}",
    String(repeating: "a/", count: 32) + "{key}", String(repeating: "a", count: 65_536),
  ])
  func `a publish template that can't make a topic is refused`(text: String) {
    #expect(throws: MappingError.self) { try PublishTemplate(text) }
  }
}
