import MQTTCodec

/// A PUBLISH as it comes in, encoded for a receiver of each version: byte for byte what a plain writer makes of it, and
/// read again it says the same.
enum FuzzTarget {
  /// What the broker decides for one receiver.
  private struct Delivery {
    var version: ProtocolVersion
    var qos: QoS
    var isRetain: Bool
    var isDuplicate: Bool
    var packetID: UInt16
    var topicAlias: UInt16
    var hasTopic: Bool
    var expirySeconds: UInt32?
    var identifiers: [UInt32]
  }

  static func run(_ bytes: UnsafeBufferPointer<UInt8>) {
    var input = FuzzInput(bytes)
    let sender = input.pick(ProtocolVersion.allCases)
    var delivery = Delivery(
      version: input.pick(ProtocolVersion.allCases), qos: input.pick(QoS.allCases), isRetain: input.flag(),
      isDuplicate: input.flag(), packetID: UInt16(input.two()), topicAlias: UInt16(input.two()),
      hasTopic: input.flag(), expirySeconds: input.flag() ? UInt32(input.four()) : nil, identifiers: [])
    for _ in 0..<input.below(4) { delivery.identifiers.append(UInt32(1 + input.four() % 268_435_455)) }
    if delivery.packetID == 0 { delivery.packetID = 1 }
    if delivery.version != .v5 || delivery.topicAlias == 0 { delivery.hasTopic = true }
    input.rest().withUnsafeBufferPointer { packet in
      guard case .frame(let header) = FixedHeader.read(packet.span, at: 0, packetBytesMax: 1 << 16, version: sender),
        header.type == .publish, let publish = try? PublishPacket.decode(packet.span, header, sender),
        TopicName.isValid(packet.span.extracting(publish.topic))
      else { return }
      encode(publish, packet, delivery)
    }
  }

  private static func encode(_ publish: PublishPacket, _ bytes: UnsafeBufferPointer<UInt8>, _ delivery: Delivery) {
    var forwarded = ByteBuffer()
    publish.properties.appendForwardable(from: bytes.span, to: &forwarded)
    let topic = delivery.hasTopic ? UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[publish.topic]) : nil
    let payload = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[publish.payload])
    var output = ByteBuffer()
    output.append(0xFF)
    func write(_ identifiers: [UInt32]) -> [UInt8] {
      let before = output.count
      let offset = PacketEncoder.publish(
        topic: topic ?? UnsafeRawBufferPointer(start: nil, count: 0), payload: payload, properties: forwarded.bytes,
        messageExpirySeconds: delivery.expirySeconds, subscriptionIdentifiers: identifiers,
        topicAlias: delivery.topicAlias, qos: delivery.qos, isRetain: delivery.isRetain,
        isDuplicate: delivery.isDuplicate, packetID: delivery.packetID, version: delivery.version, into: &output)
      let written = Array(output.bytes[before...])
      let announced = PacketEncoder.publishByteCount(
        topicCount: topic?.count ?? 0, payloadCount: payload.count, propertiesCount: forwarded.count,
        messageExpirySeconds: delivery.expirySeconds, subscriptionIdentifiers: identifiers,
        topicAlias: delivery.topicAlias, qos: delivery.qos, version: delivery.version)
      check(written.count == announced, "\(written.count) bytes, \(announced) announced")
      check((offset == 0) == (delivery.qos == .atMostOnce), "offset \(offset)")
      if offset > 0 { check(Array(written[offset..<(offset + 2)]) == two(Int(delivery.packetID)), "offset \(offset)") }
      return written
    }
    let expected = plain(topic.map { Array($0) } ?? [], Array(payload), Array(forwarded.bytes), delivery)
    check(write(delivery.identifiers) == expected, "not what a plain writer makes of it")
    compare(write([]), publish, bytes, delivery)
  }

  /// The same, written without a thought of speed.
  private static func plain(
    _ topic: [UInt8], _ payload: [UInt8], _ forwarded: [UInt8], _ delivery: Delivery
  ) -> [UInt8] {
    let first = 0x30 | (delivery.isDuplicate ? 8 : 0) | delivery.qos.rawValue << 1 | (delivery.isRetain ? 1 : 0)
    let alias = delivery.topicAlias == 0 ? [] : [0x23] + two(Int(delivery.topicAlias))
    let expiry = delivery.expirySeconds.map { [0x02] + four(Int($0)) } ?? []
    let list = properties(alias, expiry, delivery.identifiers.flatMap { [0x0B] + varint(Int($0)) }, forwarded)
    return packet(
      first, field(topic), delivery.qos == .atMostOnce ? [] : two(Int(delivery.packetID)),
      delivery.version == .v5 ? list : [], payload)
  }

  /// Without subscription identifiers, which only servers send, it can be read again.
  private static func compare(
    _ written: [UInt8], _ publish: PublishPacket, _ bytes: UnsafeBufferPointer<UInt8>, _ delivery: Delivery
  ) {
    if delivery.isDuplicate, delivery.qos == .atMostOnce { return }
    written.withUnsafeBufferPointer { again in
      guard
        case .frame(let header) = FixedHeader.read(
          again.span, at: 0, packetBytesMax: again.count, version: delivery.version),
        header.body.upperBound == again.count
      else { return check(false, "what was written is no packet") }
      do {
        let same = try PublishPacket.decode(again.span, header, delivery.version)
        check(same.qos == delivery.qos && same.isRetain == delivery.isRetain, "flags")
        check(same.topic.isEmpty == !delivery.hasTopic, "topic")
        if delivery.hasTopic { check(again[same.topic].elementsEqual(bytes[publish.topic]), "topic") }
        check(again[same.payload].elementsEqual(bytes[publish.payload]), "payload")
        guard delivery.version == .v5 else { return }
        check(same.properties.topicAlias ?? 0 == delivery.topicAlias, "alias")
        check(same.properties.messageExpirySeconds == delivery.expirySeconds, "expiry")
        let before = PacketContent.properties(publish.properties, { $0.map { [1] + bytes[$0] } ?? [] }, bytes)
        let after = PacketContent.properties(same.properties, { $0.map { [1] + again[$0] } ?? [] }, again)
        check(before[2...] == after[2...], "properties")
      } catch {
        check(false, "what was written is refused: \(error)")
      }
    }
  }
}
