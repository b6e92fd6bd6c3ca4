import BrokerCore
import EventLoop
import MQTTCodec
import Security
import TLS
import Testing

@testable import Transport

/// A group of shards on a free port of the loopback interface, in which everybody may do everything.
final class TestBroker {
  let group: ShardGroup
  let port: UInt16
  let log = TestLog()
  let settings: ListenerSettings

  init(
    shards: Int = 1, _ limits: Limits = Limits(), tls: TLSContext? = nil, listenerLimits: Limits? = nil,
    authenticator: Authenticator? = nil, webSocket: WebSocketSettings? = nil, proxyNetworks: NetworkList? = nil,
    allowedVersions: Set<ProtocolVersion> = Set(ProtocolVersion.allCases)
  ) throws {
    let anything = [AccessFilter("#", origin: "test:1:1")]
    let policy = try AccessPolicy(
      rules: [AccessRule(subject: .everyone, allowPublish: anything, allowSubscribe: anything, origin: "test:1:1")])
    group = ShardGroup(state: BrokerState(limits: limits, outlet: nil, log: log), policy: policy)
    settings = ListenerSettings(
      name: "test", address: try #require(SocketAddress("127.0.0.1:0")), tls: tls,
      authenticator: authenticator ?? Authenticator(AuthenticationPolicy(allowsAnonymous: true)),
      limits: listenerLimits ?? limits, webSocket: webSocket, proxyNetworks: proxyNetworks,
      allowedVersions: allowedVersions)
    port = try #require(try group.open(shards: shards, listeners: [settings])["test"]?.port)
    try group.run()
  }

  deinit { group.stop() }

  func client(receiveBufferBytes: Int32? = nil) throws -> SocketClient {
    try SocketClient(port: port, receiveBufferBytes: receiveBufferBytes)
  }

  /// A client that the broker has accepted on a shard. The kernel chooses, so it takes a few attempts.
  func client(onShard wanted: Int, port: UInt16? = nil) throws -> SocketClient {
    for _ in 0..<500 {
      let before = group.counters.map { $0.connections.now }
      let client = try SocketClient(port: port ?? self.port)
      try wait("a connection is accepted") { group.counters.map { $0.connections.now } != before }
      if group.counters[wanted].connections.now > before[wanted] { return client }
    }
    throw Unlucky()
  }

  /// 500 connections and none on the shard that was wanted.
  struct Unlucky: Error {}

  func sum(_ counter: (ShardCounters) -> Int) -> Int { group.counters.reduce(0) { $0 + counter($1) } }
}
