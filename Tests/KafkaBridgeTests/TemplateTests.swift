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
  ) throws -> Result<String, SkipReasonError> {
    let template = try PublishTemplate(template)
    return (key ?? []).withUnsafeBytes { keyBytes in
      (header ?? []).withUnsafeBytes { headerBytes in
        template.render(
          PublishTemplate.Values(
            key: key == nil ? nil : keyBytes,
            headers: template.headerNames.map { _ in header == nil ? nil : headerBytes },
            topic: "t", partition: 3, offset: 4)
        ).map { String(decoding: $0, as: UTF8.self) }
      }
    }
  }

  @Test func `a topic is made of key, headers and place`() throws {
    #expect(try render("p/{header:plant}/d/{key}/{topic}/{partition}/{offset}").get() == "p/h/d/k/t/3/4")
    #expect(try render("p/{key...}", key: Array("a/b".utf8)).get() == "p/a/b")
  }

  @Test(
    arguments: [
      (nil, SkipReason.noKey), ([], .empty), (Array("a/b".utf8), .slash), (Array("a+".utf8), .wildcard),
      (Array("#".utf8), .wildcard),
      ([0], .notText), ([0xC0, 0x80], .notText), ([0xED, 0xA0, 0x80], .notText), ([0xF4, 0x90, 0x80, 0x80], .notText),
      ([0xC2, 0x85], .notText), ([0x61, 0xE2, 0x82], .notText), (Array("$SYS".utf8), .dollar),
      (Array(repeating: 0x61, count: 65_536), .tooLong),
    ] as [([UInt8]?, SkipReason)])
  func `a key that can't be in a topic skips the record`(key: [UInt8]?, reason: SkipReason) throws {
    switch try render("{key}/x", key: key) {
    case .success(let topic): Issue.record("made \(topic)")
    case .failure(let error): #expect(error.reason == reason)
    }
  }

  @Test func `a missing header skips the record`() throws {
    guard case .failure(let error) = try render("a/{header:h}", header: nil) else { return #expect(Bool(false)) }
    #expect(error.reason == .noHeader)
  }

  @Test(arguments: ["", "a/#", "a/+/b", "$SYS/{key}", "a/{client}", "a\u{1}"])
  func `a publish template that can't make a topic is refused`(text: String) {
    #expect(throws: MappingError.self) { try PublishTemplate(text) }
  }
}
