import MQTTCodec
import Testing

/// The one topic below `$` that clients may publish to.
struct BridgeStateTopicTests {
  private func isOne(_ text: String) -> Bool { Array(text.utf8).withUnsafeBytes { BridgeStateTopic.isOne($0) } }

  @Test(arguments: ["a", "+", "{client}", "host.name", "ü", " "])
  func `a bridge's state is below its name, which is one level`(name: String) {
    #expect(isOne("$SYS/broker/connection/\(name)/state"))
  }

  @Test(arguments: [
    "", "$", "$SYS/broker/connection//state", "$SYS/broker/connection/state", "$SYS/broker/connection/a/b/state",
    "$SYS/broker/connection/a/state/", "$SYS/broker/connection/a/State", "$SYS/broker/connection/a",
    "$SYS/broker/+/a/state",
    "SYS/broker/connection/a/state", "+/broker/connection/a/state", "$SYS/broker/connection/a/#", "#",
  ])
  func `nothing else is`(topic: String) { #expect(!isOne(topic)) }
}
