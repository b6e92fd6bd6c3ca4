import BrokerCore

/// What a shard's core asks for, remembered until the test's broker does it.
final class TestHost: ShardHost {
  unowned let broker: TestBroker
  let shard: Int

  init(_ broker: TestBroker, shard: Int) {
    self.broker = broker
    self.shard = shard
  }

  func authenticate(_ client: Client, _ request: ConnectRequest) {
    guard let decision = broker.authenticator(request) else { return }
    broker.cores[shard].decided(client, decision)
  }

  func continueAuthentication(_ client: Client, _ data: [UInt8]?) {
    guard let decision = broker.exchange(data) else { return }
    broker.cores[shard].decided(client, decision)
  }

  func accepted(_ client: Client) {}

  func move(_ client: Client, to shard: Int) {
    guard let connection = client as? TestConnection else { return }
    broker.moves.append((connection, shard))
  }

  func resume(_ client: Client) {
    guard let connection = client as? TestConnection else { return }
    broker.resumed.append(connection)
  }

  func keepsUp(_ shard: Int) -> Bool { !broker.behind.contains(shard) }

  func post(_ mail: ShardMail, to shard: Int) { broker.mailboxes[shard].append(mail) }
}
