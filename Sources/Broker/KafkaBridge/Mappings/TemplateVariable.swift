/// What a template may insert.
enum TemplateVariable: Sendable, Equatable {
  /// The capture of the filter with this number.
  case capture(Int)
  case client, user, certificate, qos
  /// The MQTT topic towards Kafka, the Kafka topic on the way back.
  case topic
  case key, partition, offset
  /// A record's header.
  case header([UInt8])

  /// Whether the MQTT topic decides its value, whatever else the publish holds.
  var dependsOnTopicOnly: Bool {
    switch self {
    case .capture, .topic: true
    case .client, .user, .certificate, .qos, .key, .partition, .offset, .header: false
    }
  }

  /// The variable as a template of records has it, for people.
  var text: String {
    switch self {
    case .capture: "{capture}"
    case .client: "{client}"
    case .user: "{user}"
    case .certificate: "{certificate}"
    case .qos: "{qos}"
    case .topic: "{topic}"
    case .key: "{key}"
    case .partition: "{partition}"
    case .offset: "{offset}"
    case .header(let name): "{header:\(String(decoding: name, as: UTF8.self))}"
    }
  }

  static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first) else { return false }
    return text.utf8.allSatisfy {
      isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
