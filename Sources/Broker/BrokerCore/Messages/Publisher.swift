/// Who published a message: what mappings and headers may name. Immutable, so any thread may read it.
public final class Publisher: Sendable {
  /// The client identifier in UTF-8; empty for a message that came from Kafka.
  public let clientID: [UInt8]
  /// The user name that was authenticated, in UTF-8; empty when there is none.
  public let userName: [UInt8]
  /// The name taken from the client's certificate, in UTF-8; empty when there is none.
  public let certificateName: [UInt8]
  /// The Kafka topic from which the message came, or nil when a client published it. A mapping to that same Kafka topic
  /// leaves the message out: the loop guard.
  public let kafkaTopic: String?
  /// How many times the message has been a record that was made of a record, through whichever brokers; 0 when a client
  /// published it. What goes back to Kafka once more carries one more, and past a bound it doesn't go.
  public let hops: Int
  /// The name of its session in the broker: unlike a client identifier, no two clients below different mount points
  /// have the same.
  let sessionName: [UInt8]

  /// Describes a client.
  public init(clientID: [UInt8], userName: [UInt8], certificateName: [UInt8] = []) {
    self.clientID = clientID
    self.userName = userName
    self.certificateName = certificateName
    self.kafkaTopic = nil
    hops = 0
    sessionName = clientID
  }

  /// Describes the same client as one that lives below a mount point.
  init(_ other: Publisher, below mountPoint: MountPoint) {
    clientID = other.clientID
    userName = other.userName
    certificateName = other.certificateName
    kafkaTopic = nil
    hops = 0
    sessionName = mountPoint.sessionName(other.clientID)
  }

  /// Describes a Kafka topic whose records are published to MQTT clients, and how many `hops` those have behind them.
  public init(kafkaTopic: String, hops: Int = 0) {
    clientID = []
    userName = []
    certificateName = []
    self.kafkaTopic = kafkaTopic
    self.hops = hops
    sessionName = []
  }
}
