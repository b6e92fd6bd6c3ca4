import MQTTCodec
import Testing

/// MQTT 5.0 section 3.3.
struct PublishEncoderTests {
  private struct Publish {
    var topic: [UInt8] = Array("a/b".utf8)
    var payload: [UInt8] = [1, 2, 3]
    var properties: [UInt8] = []
    var expiry: UInt32?
    var identifiers: [UInt32] = []
    var alias: UInt16 = 0
    var qos = QoS.atMostOnce
    var isRetain = false
    var isDuplicate = false
    var packetID: UInt16 = 0
    var version = ProtocolVersion.v5

    func encode() -> (bytes: [UInt8], packetIDOffset: Int) {
      var buffer = ByteBuffer()
      let offset = topic.withUnsafeBytes { topic in
        payload.withUnsafeBytes { payload in
          properties.withUnsafeBytes { properties in
            PacketEncoder.publish(
              topic: topic, payload: payload, properties: properties, messageExpirySeconds: expiry,
              subscriptionIdentifiers: identifiers, topicAlias: alias, qos: qos, isRetain: isRetain,
              isDuplicate: isDuplicate, packetID: packetID, version: version, into: &buffer)
          }
        }
      }
      return (Array(buffer.bytes), offset)
    }

    var byteCount: Int {
      PacketEncoder.publishByteCount(
        topicCount: topic.count, payloadCount: payload.count, propertiesCount: properties.count,
        messageExpirySeconds: expiry, subscriptionIdentifiers: identifiers, topicAlias: alias, qos: qos,
        version: version)
    }
  }

  @Test func `a PUBLISH of each version, byte by byte`() {
    var publish = Publish(version: .v3_1_1)
    #expect(publish.encode() == (hex("30 08 00 03 61 2F 62 01 02 03"), 0))
    publish.qos = .exactlyOnce
    publish.isRetain = true
    publish.isDuplicate = true
    publish.packetID = 0x0A0B
    #expect(publish.encode() == (hex("3D 0A 00 03 61 2F 62 0A 0B 01 02 03"), 7))
    publish.version = .v5
    #expect(publish.encode() == (hex("3D 0B 00 03 61 2F 62 0A 0B 00 01 02 03"), 7))
    publish.version = .v3_1
    #expect(publish.encode() == (hex("3D 0A 00 03 61 2F 62 0A 0B 01 02 03"), 7))
  }

  @Test func `properties are written in 5_0 and left out before`() {
    let kept = userProperty("k", "v")
    var publish = Publish(
      properties: kept, expiry: 0x0102_0304, identifiers: [1, 200, 268_435_455], alias: 9, qos: .atLeastOnce,
      packetID: 5)
    let list =
      [0x23, 0, 9, 2, 1, 2, 3, 4] + [0x0B] + varint(1) + [0x0B] + varint(200) + [0x0B] + varint(268_435_455) + kept
    #expect(publish.encode().bytes == packet(0x32, text("a/b"), two(5), properties(list), [1, 2, 3]))
    publish.version = .v3_1_1
    #expect(publish.encode().bytes == packet(0x32, text("a/b"), two(5), [1, 2, 3]))
  }

  @Test func `the packet identifier is where it is said to be, for each length of the length`() {
    for payload in [0, 100, 121, 122, 130, 16_000, 16_376, 16_377, 17_000, 2_097_143, 2_097_144, 2_200_000] {
      let publish = Publish(
        payload: .init(repeating: 7, count: payload), qos: .atLeastOnce, packetID: 0xBEEF, version: .v3_1_1)
      let (bytes, offset) = publish.encode()
      #expect(bytes == packet(0x32, text("a/b"), two(0xBEEF), publish.payload))
      #expect(Array(bytes[offset..<(offset + 2)]) == two(0xBEEF))
      #expect(publish.byteCount == bytes.count)
    }
  }

  @Test(arguments: [1, UInt64.random(in: 2...UInt64.max)])
  func `what is encoded is decoded, and its size was foretold`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<2_000 {
      let version = ProtocolVersion.allCases.randomElement(using: &random) ?? .v5
      var sent = Publish(version: version)
      sent.qos = QoS.allCases.randomElement(using: &random) ?? .atMostOnce
      sent.topic = .init(repeating: 0x61, count: Int.random(in: 1...300, using: &random))
      sent.payload = (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random)
      }
      sent.isRetain = Bool.random(using: &random)
      sent.isDuplicate = sent.qos != .atMostOnce && Bool.random(using: &random)
      sent.packetID = UInt16.random(in: 1...UInt16.max, using: &random)
      sent.alias = Bool.random(using: &random) ? 0 : UInt16.random(in: 1...9, using: &random)
      sent.expiry = Bool.random(using: &random) ? nil : UInt32.random(in: 0...UInt32.max, using: &random)
      for _ in 0..<Int.random(in: 0...20, using: &random) { sent.properties += userProperty("name", "value") }

      let bytes = sent.encode().bytes
      #expect(sent.byteCount == bytes.count)
      let received = try publish(bytes, version)
      #expect(Array(bytes[received.topic]) == sent.topic)
      #expect(Array(bytes[received.payload]) == sent.payload)
      #expect(received.qos == sent.qos)
      #expect(received.isRetain == sent.isRetain)
      #expect(received.isDuplicate == sent.isDuplicate)
      #expect(received.packetID == (sent.qos == .atMostOnce ? 0 : sent.packetID))
      guard version == .v5 else { continue }
      #expect(received.properties.messageExpirySeconds == sent.expiry)
      #expect(received.properties.topicAlias == (sent.alias == 0 ? nil : sent.alias))
      #expect(received.properties.forwarded(from: bytes) == sent.properties)
    }
  }

  @Test func `packets follow each other in one buffer`() {
    var buffer = ByteBuffer()
    var all: [UInt8] = []
    for count in 0..<300 {
      let payload = [UInt8](repeating: 1, count: count)
      let topic = Array("t".utf8)
      topic.withUnsafeBytes { topic in
        payload.withUnsafeBytes { payload in
          _ = PacketEncoder.publish(
            topic: topic, payload: payload, properties: .init(start: nil, count: 0), messageExpirySeconds: nil,
            subscriptionIdentifiers: [], topicAlias: 0, qos: .atMostOnce, isRetain: false, isDuplicate: false,
            packetID: 0, version: .v3_1_1, into: &buffer)
        }
      }
      all += packet(0x30, text("t"), payload)
    }
    #expect(Array(buffer.bytes) == all)
  }

  @Test func `a PUBLISH that no remaining length can hold is not written`() {
    // Never touched, so it takes no memory.
    let payload = UnsafeMutableRawBufferPointer.allocate(byteCount: 268_435_455 - 3, alignment: 1)
    defer { payload.deallocate() }
    var buffer = ByteBuffer()
    buffer.append(7)
    let offset = Array("a".utf8).withUnsafeBytes { topic in
      // Three bytes for the topic, one for the length of no properties: one more than there may be.
      PacketEncoder.publish(
        topic: topic, payload: UnsafeRawBufferPointer(payload), properties: .init(start: nil, count: 0),
        messageExpirySeconds: nil, subscriptionIdentifiers: [], topicAlias: 0, qos: .atMostOnce, isRetain: false,
        isDuplicate: false, packetID: 0, version: .v5, into: &buffer)
    }
    #expect(offset == 0 && Array(buffer.bytes) == [7])
  }
}
