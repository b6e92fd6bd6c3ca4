public import MQTTCodec

/// A CONNECT that was well-formed, taken out of the read buffer: what must be judged before the client is let in.
public struct ConnectRequest: Sendable {
  /// The protocol version that the client speaks.
  public let version: ProtocolVersion
  /// Clean Start (5.0) or Clean Session (3.x).
  public let cleanStart: Bool
  /// Keep alive in seconds as the client asked for it; 0 for none.
  public let keepAliveSeconds: UInt16
  /// The client identifier: as given, or as assigned to a client that gave none.
  public let clientID: [UInt8]
  /// The client gave none: it is told the assigned one (MQTT 5.0 section 3.2.2.3.7).
  public let isClientIDAssigned: Bool
  /// The will, or nil.
  public let will: Will?
  /// The user name, or nil.
  public let userName: [UInt8]?
  /// The password, or nil. Never logged.
  public let password: [UInt8]?
  /// The method of extended authentication, or nil (MQTT 5.0 section 4.12).
  public let authenticationMethod: [UInt8]?
  /// Data for that method.
  public let authenticationData: [UInt8]?
  /// The properties; all defaults before 5.0. Ranges in them must not be used.
  public let properties: ConnectProperties
}

/// A will message that waits for its client's end (MQTT 5.0 section 3.1.2.5).
public struct Will: Sendable {
  /// The message; its publisher is set when the client is let in.
  public let topic: [UInt8]
  /// The payload.
  public let payload: [UInt8]
  /// Properties to pass on (see ``PublishView/properties``).
  public let properties: [UInt8]
  /// QoS of the will.
  public let qos: QoS
  /// Whether it will be retained.
  public let isRetain: Bool
  /// Seconds between the end and the publish.
  public let delaySeconds: UInt32
  /// Seconds after which the will, once published, expires; nil for never.
  public let expirySeconds: UInt32?
}

/// What was decided about a CONNECT.
public enum ConnectDecision: Sendable {
  /// Let in: who it is, and what it may do; with the last data of extended authentication, if there is any.
  case accepted(Publisher, any AccessGrants, authenticationData: [UInt8]? = nil)
  /// Extended authentication goes on: the client gets this data and answers with AUTH.
  case challenge([UInt8]?)
  /// Refused with this reason code (3.x clients get the fitting return code), and why, for the log.
  case refused(ReasonCode, why: String? = nil)
}
