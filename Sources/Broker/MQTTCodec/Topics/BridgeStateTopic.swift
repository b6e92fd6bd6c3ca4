/// `$SYS/broker/connection/NAME/state`: where Mosquitto's bridge says, retained, whether it is connected, and where its
/// will is. The one topic that begins with `$` which a client may publish to, where a rule names it.
public enum BridgeStateTopic {
  private static let beginning: StaticString = "$SYS/broker/connection/"
  private static let end: StaticString = "/state"

  /// Whether the topic or filter is that: `NAME` is one level, not empty, of whatever bytes. Linear in its length.
  public static func isOne(_ topic: UnsafeRawBufferPointer) -> Bool {
    let (beginning, end) = (beginning.utf8CodeUnitCount, end.utf8CodeUnitCount)
    guard topic.count > beginning + end,
      topic.prefix(beginning).elementsEqual(UnsafeRawBufferPointer(start: Self.beginning.utf8Start, count: beginning)),
      topic.suffix(end).elementsEqual(UnsafeRawBufferPointer(start: Self.end.utf8Start, count: end))
    else { return false }
    return !topic[beginning..<(topic.count - end)].contains(UInt8(ascii: "/"))
  }
}
