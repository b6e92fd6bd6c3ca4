/// A PUBLISH that a test's client received.
struct Delivery: Equatable {
  var topic: String
  var payload: String
  var qos = 0
  var isRetain = false
  var isDuplicate = false
  var packetID = 0
  var properties = PropertyList()

  init(_ topic: String, _ payload: String, qos: Int = 0, isRetain: Bool = false) {
    self.topic = topic
    self.payload = payload
    self.qos = qos
    self.isRetain = isRetain
  }

  /// What a test compares when neither packet identifier nor DUP nor properties are its subject.
  var plain: Delivery { Delivery(topic, payload, qos: qos, isRetain: isRetain) }
}
