/// What libFuzzer calls with each input; the target's file says what is done with it.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  FuzzTarget.run(UnsafeBufferPointer(start: bytes, count: count))
  return 0
}

/// Ends the process with what was wrong, so that the input is kept as a finding.
func check(
  _ isRight: Bool, _ what: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) {
  if !isRight { fatalError(what(), file: file, line: line) }
}

/// Takes an input apart into decisions and bytes. At its end every number is 0 and every run of bytes is empty.
struct FuzzInput {
  let bytes: UnsafeBufferPointer<UInt8>
  private(set) var at = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { at >= bytes.count }

  mutating func byte() -> UInt8 {
    guard at < bytes.count else { return 0 }
    at += 1
    return bytes[at - 1]
  }

  mutating func flag() -> Bool { byte() & 1 == 1 }
  mutating func below(_ bound: Int) -> Int { Int(byte()) % bound }
  mutating func two() -> Int { Int(byte()) << 8 | Int(byte()) }
  mutating func four() -> Int { two() << 16 | two() }

  /// At most `most` bytes, which a byte in front of them counts.
  mutating func some(_ most: Int = 255) -> [UInt8] {
    let count = min(below(most + 1), bytes.count - at)
    defer { at += count }
    return Array(bytes[at..<(at + count)])
  }

  /// What the input has left.
  mutating func rest() -> [UInt8] {
    defer { at = bytes.count }
    return Array(bytes[at...])
  }

  /// One of a few.
  mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }
}
