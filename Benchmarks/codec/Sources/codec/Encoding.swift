import MQTTCodec

/// Encodes packets of one kind into a connection's output, which is emptied now and then.
enum Encoding {
  private static let packetsInBuffer = 64

  static func figures(_ version: ProtocolVersion, _ stopwatch: Stopwatch) -> [Figure] {
    let isV5 = version == .v5
    var figures: [Figure] = []
    func measure(_ kind: String, _ encode: (inout ByteBuffer) -> Void) {
      var output = ByteBuffer(capacity: 1 << 16)
      encode(&output)
      let bytes = output.count
      let runs = stopwatch.measure(count: packetsInBuffer) {
        output.removeAll()
        for _ in 0..<packetsInBuffer { encode(&output) }
        keep(output.count)
      }
      figures.append(
        Figure(direction: "encode", version: version, kind: kind, bytes: bytes, nanoseconds: runs))
    }
    // Another one each time, so that no packet is made ahead of the loop.
    var packetID: UInt16 = 0
    func nextPacketID() -> UInt16 {
      packetID &+= 1
      return packetID
    }
    let topic = Array("plants/7/devices/device-1/telemetry/temperature".utf8)
    let payload = [UInt8](repeating: 120, count: 100)
    func publish(_ qos: QoS, _ properties: [UInt8], expiry: UInt32?, identifiers: [UInt32], _ output: inout ByteBuffer)
    {
      topic.withUnsafeBytes { topic in
        payload.withUnsafeBytes { payload in
          properties.withUnsafeBytes { properties in
            _ = PacketEncoder.publish(
              topic: topic, payload: payload, properties: properties, messageExpirySeconds: expiry,
              subscriptionIdentifiers: identifiers, topicAlias: 0, qos: qos, isRetain: false, isDuplicate: false,
              packetID: nextPacketID(), version: version, into: &output)
          }
        }
      }
    }
    measure("PUBLISH QoS 0") { publish(.atMostOnce, [], expiry: nil, identifiers: [], &$0) }
    measure("PUBLISH QoS 1") { publish(.atLeastOnce, [], expiry: nil, identifiers: [], &$0) }
    if isV5 {
      measure("PUBLISH QoS 1, properties") {
        publish(.atLeastOnce, ClientPackets.forwarded, expiry: 60, identifiers: [5], &$0)
      }
      measure("PUBACK, reason code") {
        PacketEncoder.acknowledgement(
          hidden(.puback), packetID: nextPacketID(), reason: .noMatchingSubscribers, version: version, into: &$0)
      }
      measure("DISCONNECT, reason string") {
        PacketEncoder.disconnect(reason: .protocolError, reasonString: "a second CONNECT", into: &$0)
      }
    }
    for (type, name) in [
      (PacketType.puback, "PUBACK"), (.pubrec, "PUBREC"), (.pubrel, "PUBREL"), (.pubcomp, "PUBCOMP"),
    ] {
      measure(name) {
        PacketEncoder.acknowledgement(
          hidden(type), packetID: nextPacketID(), reason: .success, version: version, into: &$0)
      }
    }
    var told = ConnackProperties()
    told.receiveMaximum = 1000
    told.packetBytesMax = 1 << 20
    told.topicAliasMaximum = 32
    measure("CONNACK") {
      PacketEncoder.connack(sessionPresent: false, reason: .success, version: version, properties: told, into: &$0)
    }
    measure("SUBACK, 1 filter") {
      PacketEncoder.suback(packetID: nextPacketID(), reasons: [.grantedQoS1], version: version, into: &$0)
    }
    measure("UNSUBACK, 1 filter") {
      PacketEncoder.unsuback(packetID: nextPacketID(), reasons: [.success], version: version, into: &$0)
    }
    measure("PINGRESP") { PacketEncoder.pingresp(into: &$0) }
    return figures
  }
}
