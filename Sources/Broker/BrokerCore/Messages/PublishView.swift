public import MQTTCodec

/// One publish, borrowed where it lies in a read buffer or in a ``Message``.
///
/// The pointers are valid only during the call that got the view: whoever keeps something copies it.
/// Confined to the thread of that call.
public struct PublishView {
  /// The topic name: well-formed UTF-8, without wildcards, already judged by the authorization engine.
  public var topic: UnsafeRawBufferPointer
  /// The application message.
  public var payload: UnsafeRawBufferPointer
  /// The MQTT 5.0 properties that travel with the message, encoded one after the other as on the wire (without the
  /// length before them): payload format indicator, content type, response topic, correlation data and user
  /// properties. Topic alias, subscription identifiers and message expiry are never among them. Empty before 5.0.
  public var properties: UnsafeRawBufferPointer
  /// The QoS with which it was published.
  public var qos: QoS
  /// The RETAIN flag with which it was published.
  public var isRetain: Bool
  /// What is left of the message expiry interval, or nil when the message never expires (MQTT 5.0 section 3.3.2.3.3).
  public var expirySeconds: UInt32?
  /// Who published.
  public unowned(unsafe) var publisher: Publisher
}

extension PublishView {
  /// Creates a view; every pointer must outlive the view.
  public init(
    topic: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer,
    properties: UnsafeRawBufferPointer = .init(start: nil, count: 0),
    qos: QoS, isRetain: Bool = false, expirySeconds: UInt32? = nil, by publisher: Publisher
  ) {
    self.topic = topic
    self.payload = payload
    self.properties = properties
    self.qos = qos
    self.isRetain = isRetain
    self.expirySeconds = expirySeconds
    self.publisher = publisher
  }
}
