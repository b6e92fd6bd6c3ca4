import BrokerCore
import MQTTCodec
import Testing

struct ConnectTests {
  @Test(arguments: ProtocolVersion.allCases)
  func `a client of each version is let in with an empty session`(version: ProtocolVersion) {
    let client = TestBroker().request(ConnectOptions("c", version))
    guard case .connack(isPresent: false, code: 0, _)? = client.take().first else {
      Issue.record("no CONNACK with success")
      return
    }
    #expect(!client.isClosed)
  }
}
