extension LimitsConfiguration {
  private struct Setting {
    let key: String
    let field: WritableKeyPath<LimitsConfiguration, Int>
    let quantity: Quantity
    let range: ClosedRange<Int>
    /// It is a bound of the broker as a whole, and can't differ by listener.
    let isBrokers: Bool

    init(
      _ key: String, _ field: WritableKeyPath<LimitsConfiguration, Int>, _ quantity: Quantity,
      _ range: ClosedRange<Int>, isBrokers: Bool = false
    ) {
      self.key = key
      self.field = field
      self.quantity = quantity
      self.range = range
      self.isBrokers = isBrokers
    }
  }

  private static var settings: [Setting] {
    [
      Setting("packet_bytes_max", \.packetBytesMax, .bytes, 1 << 10...256 << 20),
      Setting("connect_packet_bytes_max", \.connectPacketBytesMax, .bytes, 1 << 10...1 << 20),
      Setting("connections_max", \.connectionsMax, .count, 1...10_000_000),
      Setting("connections_per_address_max", \.connectionsPerAddressMax, .count, 1...10_000_000),
      Setting("pending_connections_max", \.pendingConnectionsMax, .count, 1...10_000_000, isBrokers: true),
      Setting("sessions_max", \.sessionsMax, .count, 1...100_000_000, isBrokers: true),
      Setting("client_id_bytes_max", \.clientIDBytesMax, .bytes, 23...1_024),
      Setting("topic_levels_max", \.topicLevelsMax, .count, 2...128, isBrokers: true),
      Setting("subscriptions_per_client_max", \.subscriptionsPerClientMax, .count, 1...1_000_000),
      Setting("topic_alias_maximum", \.topicAliasMaximum, .count, 0...65_535),
      Setting("receive_maximum", \.receiveMaximum, .count, 1...65_535),
      Setting("inflight_max", \.inflightMax, .count, 1...65_535),
      Setting("acknowledge_timeout_seconds", \.acknowledgeTimeoutSeconds, .seconds, 1...86_400, isBrokers: true),
      Setting("queue_messages_max", \.queueMessagesMax, .count, 1...100_000_000),
      Setting("queue_bytes_max", \.queueBytesMax, .bytes, 64 << 10...64 << 30),
      Setting("output_bytes_max", \.outputBytesMax, .bytes, 64 << 10...1 << 30),
      // 4,294,967,295 would mean "never" (MQTT 5.0, 3.1.2.11.2), which is no bound.
      Setting("session_expiry_seconds_max", \.sessionExpirySecondsMax, .seconds, 0...4_294_967_294),
      Setting("retained_messages_max", \.retainedMessagesMax, .count, 0...100_000_000, isBrokers: true),
      Setting("retained_bytes_max", \.retainedBytesMax, .bytes, 0...1 << 40, isBrokers: true),
      Setting("user_properties_max", \.userPropertiesMax, .count, 0...1_000, isBrokers: true),
      Setting("keep_alive_seconds_max", \.keepAliveSecondsMax, .seconds, 10...65_535),
      Setting("connect_timeout_seconds", \.connectTimeoutSeconds, .seconds, 1...300),
      Setting("handshake_timeout_seconds", \.handshakeTimeoutSeconds, .seconds, 1...300),
    ]
  }

  /// Reads the `limits` section; what is absent has its default.
  init(_ section: Section?) {
    self.init()
    guard let section else { return }
    let places = read(section, Self.settings)
    if sessionsMax < connectionsMax, let place = places["sessions_max"] ?? places["connections_max"] {
      section.problems.error(
        at: place,
        "sessions_max (\(sessionsMax)) is below connections_max (\(connectionsMax)): each connection has a session")
    }
    section.finish()
  }

  /// Reads the `limits` section of a listener; what is absent there is as in the broker's.
  init(_ section: Section?, of broker: LimitsConfiguration) {
    self = broker
    guard let section else { return }
    for setting in Self.settings where setting.isBrokers {
      guard section.optional(setting.key) != nil, let place = section.place(of: setting.key) else { continue }
      section.problems.error(
        at: place, "\(setting.key) is a bound of the whole broker: set it in the section limits of the file")
    }
    let places = read(section, Self.settings.filter { !$0.isBrokers })
    if connectionsMax > broker.connectionsMax, let place = places["connections_max"] {
      section.problems.warning(
        at: place,
        "connections_max (\(connectionsMax)) is above that of the broker (\(broker.connectionsMax)), which holds too")
    }
    section.finish()
  }

  /// Takes what is set, and says where.
  private mutating func read(_ section: Section, _ settings: [Setting]) -> [String: SourcePlace] {
    var places: [String: SourcePlace] = [:]
    for setting in settings {
      guard let number = section.optional(setting.key)?.number(setting.quantity, in: setting.range) else { continue }
      self[keyPath: setting.field] = number.value
      places[setting.key] = number.place
    }
    packetBytesMax = min(packetBytesMax, Self.packetBytesMost)
    if connectPacketBytesMax > packetBytesMax,
      let place = places["connect_packet_bytes_max"] ?? places["packet_bytes_max"]
    {
      section.problems.error(
        at: place,
        "connect_packet_bytes_max (\(connectPacketBytesMax)) is above packet_bytes_max (\(packetBytesMax))")
    }
    return places
  }
}
