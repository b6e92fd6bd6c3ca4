import KafkaClient
import MQTTCodec

@testable import BrokerCore
@testable import KafkaBridge

/// Filters and templates of mappings with any text: what is taken matches as MQTT's filters do, and fills in to what
/// was said. The input's lines are filter, template, topic, template of the way back, key.
enum FuzzTarget {
  static func run(_ bytes: UnsafeBufferPointer<UInt8>) {
    let lines = bytes.split(separator: 0x0A, maxSplits: 4, omittingEmptySubsequences: false).map { Array($0) }
    guard lines.count == 5 else { return }
    toKafka(String(decoding: lines[0], as: UTF8.self), String(decoding: lines[1], as: UTF8.self), lines[2])
    fromKafka(String(decoding: lines[3], as: UTF8.self), lines[4])
  }

  private static func toKafka(_ filter: String, _ template: String, _ topic: [UInt8]) {
    let description = ToKafkaMapping(name: "m", filter: filter, topic: "t", key: template)
    guard let mapping = try? OutboundMapping(description, index: 0) else { return }
    guard topic.withUnsafeBytes({ TopicName.isValid($0) }) else { return }
    // The filter as MQTT writes it.
    let levels = mapping.filter.levels.map { level -> [UInt8] in
      switch level {
      case .literal(let bytes): bytes
      case .single: [UInt8(ascii: "+")]
      case .multi: [UInt8(ascii: "#")]
      }
    }
    guard let plain = MQTTCodec.TopicFilter(Array(levels.joined(separator: [0x2F]))) else {
      return check(false, "\(filter) is no filter of MQTT")
    }
    topic.withUnsafeBytes { topic in
      let captures = mapping.filter.match(topic)
      if plain.sharedGroup == nil {
        check((captures != nil) == plain.matches(topic: topic), "\(filter) matches: \(captures != nil)")
      }
      guard let captures else { return }
      check(captures.allSatisfy { 0 <= $0.lowerBound && $0.upperBound <= topic.count }, "\(captures) of \(topic.count)")
      let context = RenderContext(topic: topic, captures: captures, publisher: .unknown)
      let rendered = mapping.key.map(context.render) ?? []
      check(rendered.count <= template.utf8.count + topic.count * (mapping.key?.parts.count ?? 0), "it grew")
    }
  }

  private static func fromKafka(_ template: String, _ key: [UInt8]) {
    guard let publish = try? PublishTemplate(template) else { return }
    key.withUnsafeBytes { key in
      let values = PublishTemplate.Values(
        key: key, headers: publish.headerNames.map { _ in key }, topic: "records", partition: 1, offset: 2)
      var topic: [UInt8] = []
      guard publish.render(values, into: &topic) == nil else { return }
      check(topic.withUnsafeBytes { TopicName.isValid($0) }, "\(topic) is no topic")
      check(topic.first != UInt8(ascii: "$"), "a topic of the broker's own")
    }
  }
}
