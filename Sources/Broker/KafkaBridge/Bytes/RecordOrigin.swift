/// The values of the headers that keep records from going in circles.
enum RecordOrigin {
  /// The value of ``RecordHeaderNames/origin``: who wrote the record, and to which topic. A stream processor that
  /// copies headers copies it to another topic, where it says nothing. Neither part can hold a slash.
  static func value(instance: String, topic: String) -> [UInt8] { Array("\(instance)/\(topic)".utf8) }

  /// The number in a ``RecordHeaderNames/hops`` header, at most 255; 0 where there is none.
  static func hops(_ value: UnsafeRawBufferPointer) -> Int {
    guard value.count > 0 else { return 0 }
    var hops = 0
    for byte in value {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return 0 }
      hops = min(255, hops * 10 + Int(byte - UInt8(ascii: "0")))
    }
    return hops
  }
}
