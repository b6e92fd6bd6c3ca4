import BrokerCore
import MQTTCodec
import Testing

/// Payload Format Indicator (MQTT 5.0 section 3.3.2.3.2).
struct PayloadFormatTests {
  private let bad: [UInt8] = [0xC3, 0x28]
  private var choices: ProtocolChoices {
    var choices = ProtocolChoices()
    choices.validatesPayloadFormat = true
    return choices
  }

  private func publish(_ client: TestConnection, qos: UInt8, indicator: UInt8, _ payload: [UInt8]) {
    client.send(
      packet(0x30 | qos << 1, text("t"), qos > 0 ? two(1) : [], properties([1, indicator]), payload))
  }

  @Test func `when asked, a payload that is not the text that it is said to be is refused`() {
    let broker = TestBroker(choices: choices)
    let watcher = broker.connect("w")
    watcher.subscribe("#")
    let client = broker.connect("c")
    for qos in UInt8(0)...2 { publish(client, qos: qos, indicator: 1, bad) }
    #expect(client.take() == [.puback(1, .payloadFormatInvalid), .pubrec(1, .payloadFormatInvalid)])
    #expect(watcher.take() == [] && broker.cores[0].counters.publishesNotText.now == 3)
    publish(client, qos: 2, indicator: 0, bad)
    publish(client, qos: 0, indicator: 1, Array("tëxt\0".utf8))
    #expect(client.take() == [.pubrec(1)] && watcher.takeDeliveries().count == 2)
  }

  @Test func `when asked, a will that is not the text that it is said to be is refused`() {
    let broker = TestBroker(choices: choices)
    let client = broker.open()
    client.send(
      packet(
        0x10, text("MQTT"), [5, 0b110], two(0), [0], text("c"), properties([1, 1]), text("will"), field(bad)))
    #expect(client.take() == [.connack(isPresent: false, code: 0x99, PropertyList())] && client.isClosed)
  }

  @Test func `unless asked, the indicator is passed on and nothing is judged`() {
    let broker = TestBroker()
    let watcher = broker.connect("w")
    watcher.subscribe("#")
    publish(broker.connect("c"), qos: 0, indicator: 1, bad)
    #expect(watcher.takeDeliveries().first?.properties.numbers == [1: [1]])
  }
}
