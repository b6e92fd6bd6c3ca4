import BrokerCore
import MQTTCodec
import Testing

/// Response Information (MQTT 5.0 section 3.2.2.3.15): where a client takes responses.
struct ResponseInformationTests {
  private func template(_ text: String) throws -> ProtocolChoices {
    var choices = ProtocolChoices()
    choices.responseInformation = try ResponseTemplate(text)
    return choices
  }

  /// The texts of the CONNACK that must accept the client.
  private func told(_ broker: TestBroker, _ options: ConnectOptions) -> [UInt8: [String]]? {
    guard case .connack(_, code: 0, let list)? = broker.request(options).take().first else { return nil }
    return list.texts
  }

  @Test func `a client that asks is told where it takes responses, and nobody else is`() throws {
    let broker = TestBroker(choices: try template("replies/{client}"))
    let options = ConnectOptions("c")
    #expect(told(broker, options.with { $0.wantsResponseInformation = true }) == [0x1A: ["replies/c"]])
    #expect(told(broker, options) == [:])
    #expect(told(broker, ConnectOptions("c", .v3_1_1)) == [:])
  }

  @Test func `without a template nothing is told to who asks`() {
    #expect(told(TestBroker(), ConnectOptions("c").with { $0.wantsResponseInformation = true }) == [:])
  }

  @Test func `each of a client's names can stand in it`() throws {
    let publisher = Publisher(clientID: Array("c".utf8), userName: Array("u".utf8), certificateName: Array("z".utf8))
    #expect(try ResponseTemplate("a/{user}/{certificate}/b/{client}").text(for: publisher) == "a/u/z/b/c")
    #expect(try ResponseTemplate("{client}").text(for: publisher) == "c")
    #expect(try ResponseTemplate("all").text(for: publisher) == "all")
    let nameless = Publisher(clientID: Array("c".utf8), userName: [])
    #expect(try ResponseTemplate("a/{user}").text(for: nameless) == nil)
    #expect(try ResponseTemplate("a/{certificate}").text(for: nameless) == nil)
  }

  @Test(arguments: ["#", "+", "a/b", "a#", "/", "$SYS", "a\u{1}", "a\u{7F}"])
  func `a name that is no literal level gets no response information`(name: String) throws {
    var choices = try template("{client}/replies")
    choices.allowsControlCharacters = true
    let broker = TestBroker(choices: choices)
    #expect(told(broker, ConnectOptions(name).with { $0.wantsResponseInformation = true }) == [:])
  }

  @Test(arguments: [
    "", "a/#", "+/b", "$SYS/a", "a/{clientid}", "a/x{client}", "a/{client", "a/}", "a\u{0}", "a\nb",
    String(repeating: "x", count: 1025),
  ])
  func `a template that would be no topic name for everybody is refused`(text: String) {
    #expect(throws: ResponseTemplateError.self) { try ResponseTemplate(text) }
  }

  @Test func `it is left out rather than that a client is refused for the size of CONNACK`() throws {
    let broker = TestBroker(choices: try template("replies/" + String(repeating: "x", count: 500)))
    let options = ConnectOptions("c").with {
      $0.wantsResponseInformation = true
      $0.packetBytesMax = 200
    }
    #expect(told(broker, options) == [:])
  }

  @Test func `what is too long for a property is not told`() throws {
    let publisher = Publisher(clientID: [UInt8](repeating: 120, count: 1024), userName: [])
    let text = Array(repeating: "{client}", count: 100).joined(separator: "/")
    #expect(try ResponseTemplate(text).text(for: publisher) == nil)
  }
}
