import MQTTCodec

/// A CONNECT as a test's client writes it; each test changes what it is about.
struct ConnectOptions {
  var version = ProtocolVersion.v5
  var clientID = "c"
  var cleanStart = true
  var keepAlive = 0
  var userName: String?
  var sessionExpiry: Int?
  var receiveMaximum: Int?
  var packetBytesMax: Int?
  var topicAliasMaximum: Int?
  var authenticationMethod: String?
  var wantsResponseInformation = false
  var will: WillOptions?

  init(_ clientID: String, _ version: ProtocolVersion = .v5) {
    self.clientID = clientID
    self.version = version
  }

  /// A session that outlives its connection, in the version's own way.
  static func durable(_ clientID: String, _ version: ProtocolVersion = .v5) -> ConnectOptions {
    var options = ConnectOptions(clientID, version)
    options.cleanStart = false
    if version == .v5 { options.sessionExpiry = 3600 }
    return options
  }

  func with(_ change: (inout ConnectOptions) -> Void) -> ConnectOptions {
    var changed = self
    change(&changed)
    return changed
  }

  var bytes: [UInt8] {
    var flags: UInt8 = cleanStart ? 0b10 : 0
    if let will {
      flags |= 0b100 | UInt8(will.qos) << 3 | (will.isRetain ? 0b10_0000 : 0)
    }
    if userName != nil { flags |= 0b1000_0000 }
    let name = version == .v3_1 ? "MQIsdp" : "MQTT"
    let list = properties(
      sessionExpiry.map { [0x11] + four($0) } ?? [], receiveMaximum.map { [0x21] + two($0) } ?? [],
      packetBytesMax.map { [0x27] + four($0) } ?? [], topicAliasMaximum.map { [0x22] + two($0) } ?? [],
      authenticationMethod.map { [0x15] + text($0) } ?? [], wantsResponseInformation ? [0x19, 1] : [])
    return packet(
      0x10, text(name), [version.rawValue, flags], two(keepAlive), version == .v5 ? list : [], text(clientID),
      will?.bytes(version) ?? [], userName.map { text($0) } ?? [])
  }
}
