/// The names of the headers that Sluice writes.
enum RecordHeaderNames {
  static let topic = StaticBytes("mqtt.topic")
  static let client = StaticBytes("mqtt.client")
  static let user = StaticBytes("mqtt.user")
  static let certificate = StaticBytes("mqtt.certificate")
  static let qos = StaticBytes("mqtt.qos")
  static let retain = StaticBytes("mqtt.retain")
  static let contentType = StaticBytes("mqtt.content-type")
  static let responseTopic = StaticBytes("mqtt.response-topic")
  static let correlationData = StaticBytes("mqtt.correlation-data")
  static let payloadFormat = StaticBytes("mqtt.payload-format")
  static let expiry = StaticBytes("mqtt.expiry-seconds")
  /// Comes before the name of a user property that would look like a header of Sluice or of the mapping; taken off on
  /// the way back.
  static let escape = StaticBytes("mqtt.user-property.")
  /// Says which broker wrote a record and to which topic, where it may read it back.
  static let origin = StaticBytes("sluice.origin")
  /// How many times a record has come from Kafka and gone back to it, through whichever brokers.
  static let hops = StaticBytes("sluice.hops")

  /// Beginnings that belong to Sluice.
  static let mqttPrefix = StaticBytes("mqtt.")
  static let ownPrefix = StaticBytes("sluice.")

  /// Whether a header of this name belongs to Sluice.
  static func isOwn(_ name: UnsafeRawBufferPointer) -> Bool { mqttPrefix.begins(name) || ownPrefix.begins(name) }
}
