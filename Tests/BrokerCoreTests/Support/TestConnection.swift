import BrokerCore
import MQTTCodec

/// A test's side of one connection: what it wrote and the broker has not used, and what the broker sent.
final class TestConnection: Client {
  let broker: TestBroker
  var shard: Int
  /// Sent by the test and not used by the broker yet.
  var unused: [UInt8] = []
  /// Bytes from the broker that no test has taken.
  var received: [UInt8] = []
  /// Bytes that the socket did not take.
  var backlog: [UInt8] = []
  /// The socket takes nothing.
  var isBlocked = false
  /// The transport closed the socket.
  var isClosed = false
  var speaks = ProtocolVersion.v5
  private var lastPacketID = 0

  init(_ broker: TestBroker, shard: Int, mountPoint: MountPoint? = nil) {
    self.broker = broker
    self.shard = shard
    super.init(limits: broker.clientLimits, mountPoint: mountPoint)
  }

  /// Sends bytes in one round.
  func send(_ bytes: [UInt8]) {
    unused += bytes
    broker.round(shard) { [broker] _ in broker.feed(self) }
    broker.settle()
  }

  /// What the broker sent since the last call.
  func take() -> [ServerPacket] {
    defer { received = [] }
    return ServerPacket.all(received, speaks)
  }

  /// The publishes among what the broker sent since the last call; the rest is dropped.
  func takeDeliveries() -> [Delivery] {
    take().compactMap { if case .publish(let delivery) = $0 { delivery } else { nil } }
  }

  func nextPacketID() -> Int {
    lastPacketID = lastPacketID % 65_535 + 1
    return lastPacketID
  }

  // MARK: packets

  func publish(
    _ topic: String, _ payload: String = "x", qos: Int = 0, id: Int = 0, isRetain: Bool = false,
    isDuplicate: Bool = false,
    _ list: [UInt8]...
  ) {
    let first = 0x30 | UInt8(qos) << 1 | (isRetain ? 1 : 0) | (isDuplicate ? 8 : 0)
    let properties = list.reduce(into: []) { $0 += $1 }
    send(
      packet(
        first, text(topic), qos > 0 ? two(id) : [], speaks == .v5 ? varint(properties.count) + properties : [],
        Array(payload.utf8)))
  }

  /// Subscribes to one filter, and returns the code of SUBACK; what came behind it stays to be taken.
  @discardableResult
  func subscribe(_ filter: String, options: UInt8 = 0, identifier: Int? = nil) -> UInt8? {
    let before = received
    received = []
    let id = nextPacketID()
    send(
      packet(
        0x82, two(id), speaks == .v5 ? properties(identifier.map { [0x0B] + varint($0) } ?? []) : [], text(filter),
        [options]))
    let size = speaks == .v5 ? 6 : 5
    guard case .suback(id, let codes)? = ServerPacket.all(Array(received.prefix(size)), speaks).first else {
      received = before + received
      return nil
    }
    received = before + received.dropFirst(size)
    return codes.first
  }

  func unsubscribe(_ filters: String...) {
    let list = filters.reduce(into: []) { $0 += text($1) }
    send(packet(0xA2, two(nextPacketID()), speaks == .v5 ? [0] : [], list))
  }

  func puback(_ id: Int, _ reason: UInt8? = nil) { send(packet(0x40, two(id), reason.map { [$0] } ?? [])) }
  func pubrec(_ id: Int, _ reason: UInt8? = nil) { send(packet(0x50, two(id), reason.map { [$0] } ?? [])) }
  func pubrel(_ id: Int) { send(packet(0x62, two(id))) }
  func pubcomp(_ id: Int) { send(packet(0x70, two(id))) }
  func ping() { send(packet(0xC0)) }

  func disconnect(_ reason: UInt8? = nil, sessionExpiry: Int? = nil) {
    var body: [UInt8] = reason.map { [$0] } ?? []
    if let sessionExpiry { body = [reason ?? 0] + properties([0x11] + four(sessionExpiry)) }
    send(packet(0xE0, body))
  }

  /// The network is gone, without a word.
  func lose() {
    broker.round(shard) { core in core.lost(self) }
    broker.settle()
  }

  /// The socket takes what waited.
  func unblock() {
    isBlocked = false
    received += backlog
    backlog = []
    backlogBytes = 0
    broker.round(shard) { core in core.drained(self) }
    broker.settle()
  }
}
