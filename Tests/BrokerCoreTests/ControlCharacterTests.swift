import MQTTCodec
import Testing

@testable import BrokerCore

/// Names with control characters, of which the specification says that a server may close the connection (MQTT 5.0
/// section 1.5.4).
struct ControlCharacterTests {
  private let broker = TestBroker()
  private static let controls: [UInt8] = Array(1...0x1F) + Array(0x7F...0x9F)
  /// The smallest that are none, and characters that look like some in UTF-8.
  private static let others = ["a b", "\u{A0}", "\u{100}", "\u{C5}", "\u{2028}", "\u{1F4A9}", "~", "\u{680}"]

  private func wire(_ string: String) -> [UInt8] { BrokerCoreTests.text(string) }

  private func text(_ code: UInt8) -> String { "a\(Character(Unicode.Scalar(code)))b" }

  @Test func `a topic name with one closes the connection`() {
    for code in Self.controls {
      let client = broker.connect("c")
      client.publish(text(code), qos: Int(code % 3), id: code % 3 > 0 ? 1 : 0)
      #expect(client.take() == [.disconnect(.malformedPacket)] && client.isClosed)
    }
    let older = broker.connect("c", .v3_1_1)
    older.publish("t/\u{7}", qos: 1, id: 1)
    #expect(older.isClosed && older.received.isEmpty)
    let aliased = broker.connect("c")
    aliased.publish("t/\u{85}", "x", [0x23, 0, 1])
    #expect(aliased.take() == [.disconnect(.malformedPacket)])
  }

  @Test func `a filter with one closes the connection, in SUBSCRIBE and in UNSUBSCRIBE`() {
    for code in Self.controls {
      for first in [0x82, 0xA2] as [UInt8] {
        let client = broker.connect("c")
        let options: [UInt8] = first == 0x82 ? [0] : []
        let good = wire("good") + options
        client.send(packet(first, two(1), [0], good, wire(text(code) + "/+"), options))
        #expect(client.take() == [.disconnect(.malformedPacket)] && client.isClosed)
      }
    }
    #expect(broker.sum(\.openSubscriptions) == 0)
  }

  @Test func `a client identifier, a user name or a will's topic with one is refused`() {
    for code in Self.controls {
      #expect(refusal(ConnectOptions(text(code))) == 0x85)
      #expect(refusal(ConnectOptions("c").with { $0.userName = text(code) }) == 0x86)
      #expect(refusal(ConnectOptions("c").with { $0.will = WillOptions(topic: text(code)) }) == 0x90)
    }
    #expect(refusal(ConnectOptions("a\n", .v3_1_1)) == 2)
    #expect(refusal(ConnectOptions("c", .v3_1).with { $0.userName = "a\u{9F}" }) == 4)
    #expect(refusal(ConnectOptions("c", .v3_1_1).with { $0.will = WillOptions(topic: "a\t") }) == nil)
    #expect(broker.sum(\.openSessions) == 0)
  }

  private func refusal(_ options: ConnectOptions) -> UInt8? {
    let client = broker.request(options)
    #expect(client.isClosed)
    guard case .connack(_, let code, _)? = client.take().first else { return nil }
    return code
  }

  @Test func `a response topic with one closes the connection`() {
    let client = broker.connect("c")
    client.publish("t", "x", [8] + wire("r/\u{1B}"))
    #expect(client.take() == [.disconnect(.malformedPacket)])
    let other = broker.connect("c")
    other.publish("t", "x", qos: 1, id: 1, [8] + wire("r/\u{E9}"))
    #expect(other.take() == [.puback(1)])
  }

  @Test func `other characters are taken, and so are control characters in data`() {
    let watcher = broker.connect("w")
    watcher.subscribe("#")
    for name in Self.others {
      let client = broker.connect(ConnectOptions(name).with { $0.userName = name })
      client.publish("t/" + name, "a\n\u{1}", [0x26] + wire("k") + wire("a\nb"))
      #expect(client.subscribe("t/" + name) == 0)
    }
    #expect(watcher.takeDeliveries().map(\.topic) == Self.others.map { "t/" + $0 })
  }

  @Test func `where they are allowed, names with them are names like others`() {
    var choices = ProtocolChoices()
    choices.allowsControlCharacters = true
    let broker = TestBroker(choices: choices)
    let watcher = broker.connect(ConnectOptions("w\n").with { $0.userName = "u\u{7F}" })
    #expect(watcher.subscribe("a\t/+") == 0)
    let client = broker.connect(ConnectOptions("c").with { $0.will = WillOptions(topic: "a\t/\u{85}") })
    client.publish("a\t/b", "1", [8] + wire("r\n"))
    client.lose()
    #expect(watcher.takeDeliveries().map(\.topic) == ["a\t/b", "a\t/\u{85}"])
    watcher.unsubscribe("a\t/+")
    #expect(watcher.take() == [.unsuback(2, [0])])
  }
}
