import BrokerCore
import MQTTCodec
import Testing

/// What an operator reads of a connection that was refused: from where, where to, what it said it is, and why.
struct RefusalLogTests {
  private let broker = TestBroker()

  private func line(_ bytes: [UInt8]) throws -> String {
    let client = broker.open()
    client.send(bytes)
    #expect(client.isClosed)
    let lines = broker.log.wholeLines.filter { $0.contains("refused") || $0.contains("closed for a fault") }
    #expect(lines.count == 1, "\(lines)")
    let line = try #require(lines.last)
    #expect(line.contains("peer=") && line.contains("listener="), "\(line)")
    return line
  }

  @Test(
    arguments: [
      ([0x16, 0x03, 0x01, 0x02, 0x00, 0x01], "TLS, and this listener has none"), ([0x16], "TLS"),
      (Array("GET /mqtt HTTP/1.1\r\n".utf8), "HTTP, and this listener takes MQTT alone"), (Array("POST ".utf8), "HTTP"),
      (Array("PROXY TCP4 192".utf8), "a PROXY protocol header"), ([0x0D, 0x0A, 0x0D, 0x0A, 0x00], "a PROXY protocol"),
      ([0x30, 3, 0, 1, 0x61], "not CONNECT but PUBLISH"), ([0xC0, 0], "not CONNECT but PINGREQ"),
      ([0xE0, 0], "not CONNECT but DISCONNECT"), (Array("SSH-2.0-x".utf8), "this is no MQTT"), ([0], "this is no MQTT"),
      ([0x11, 0], "this is no MQTT"), ([0xFF], "this is no MQTT"),
    ] as [([UInt8], String)])
  func `a first byte that is no CONNECT's is told with what it looks like`(bytes: [UInt8], words: String) throws {
    let line = try line(bytes)
    #expect(line.contains(words) && line.contains("first_bytes="), "\(line)")
  }

  @Test(arguments: [.v3_1_1, .v5] as [ProtocolVersion])
  func `an identifier that is too long is told with its beginning and its size`(version: ProtocolVersion) throws {
    let identifier = String(repeating: "x", count: 300)
    let line = try line(ConnectOptions(identifier, version).bytes)
    #expect(line.contains("has 300 bytes, more than client_id_bytes_max (256)"), "\(line)")
    #expect(line.contains("client=\(String(repeating: "x", count: 64))… (300 bytes)"), "\(line)")
  }

  @Test(
    arguments: [("MQTT", 6), ("MQTT", 3), ("MQIsdp", 4), ("AMQP", 4), ("", 4), ("MQ\u{1B}[31m", 4)] as [(String, UInt8)]
  )
  func `a protocol that is not known is told by its name and level`(name: String, level: UInt8) throws {
    let properties: [UInt8] = level & 0x7F >= 5 ? [0] : []
    let line = try line(packet(0x10, text(name), [level, 2], two(0), properties, text("dev")))
    #expect(line.contains("\"\(name)\", level \(level)"), "\(line)")
    #expect(line.contains("client=dev"), "\(line)")
  }

  @Test func `an authentication method is told by its name where AUTH has another one`() throws {
    broker.authenticator = { _ in .challenge([1]) }
    let client = broker.open()
    client.send(ConnectOptions("c").with { $0.authenticationMethod = "SCRAM-SHA-1" }.bytes)
    client.send(packet(0xF0, [0x18], properties([0x15] + text("OTHER!"))))
    #expect(client.isClosed)
    #expect(
      broker.log.wholeLines.contains { $0.contains("\"OTHER!\", and \"SCRAM-SHA-1\" there") },
      "\(broker.log.wholeLines)")
  }

  @Test func `a refused login is one line, with what was claimed`() throws {
    broker.authenticator = { _ in .refused(.badUserNameOrPassword, why: "wrong password for user \"ann\"") }
    let line = try line(ConnectOptions("dev").with { $0.userName = "ann" }.bytes)
    #expect(line.contains("authentication refused") && line.contains("client=dev") && line.contains("user=ann"))
    #expect(line.contains("wrong password"))
  }

  @Test func `a will that may not be published is told with its topic`() throws {
    broker.grants.change { $0.publish = ["w"] }
    let line = try line(ConnectOptions("c").with { $0.will = WillOptions(topic: "$SYS/x") }.bytes)
    #expect(line.contains("will_topic=$SYS/x") && line.contains("client=c"), "\(line)")
  }

  @Test func `what is claimed is cut between characters, and says how long it was`() {
    #expect(Claimed.text("short") == "short")
    #expect(Claimed.text(String(repeating: "é", count: 64)) == String(repeating: "é", count: 64))
    #expect(Claimed.text(String(repeating: "𝄞", count: 65)) == String(repeating: "𝄞", count: 64) + "… (260 bytes)")
    #expect(Claimed.text([0x61, 0xFF]) == "a\u{FFFD}")
  }
}
