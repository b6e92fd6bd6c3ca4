import MQTTCodec
import Testing

/// MQTT 5.0 sections 1.5.4 and 4.7.
struct TopicNameTests {
  // A span can't be given to #expect.
  private func isText(_ bytes: [UInt8]) -> Bool { UTF8Text.isWellFormed(bytes.span) }
  private func levelCount(_ bytes: [UInt8]) -> Int { TopicName.levelCount(bytes.span) }
  private func isValid(_ bytes: [UInt8]) -> Bool { TopicName.isValid(bytes.span) }

  @Test func `well-formed text is a topic name`() {
    for text in UTF8Samples.wellFormed where !text.isEmpty { #expect(isValid(text), "\(text)") }
    for name in ["/", "//", "a b", "$SYS/x", "/a/", "finance"] { #expect(isValid(Array(name.utf8))) }
  }

  @Test func `nothing, too much and wildcards anywhere are no topic name`() {
    #expect(!isValid([]))
    #expect(isValid([UInt8](repeating: 0x61, count: 65_535)))
    #expect(!isValid([UInt8](repeating: 0x61, count: 65_536)))
    for count in 1...40 {
      for place in 0..<count {
        for bad in [UInt8(ascii: "+"), UInt8(ascii: "#"), 0, 0x80, 0xFF] {
          var name = [UInt8](repeating: 0x2F, count: count)
          #expect(isValid(name))
          name[place] = bad
          #expect(!isValid(name), "\(bad) at \(place) of \(count)")
        }
      }
    }
  }

  @Test func `ill-formed text is refused`() {
    for text in UTF8Samples.illFormed {
      #expect(!isValid(text), "\(text)")
      #expect(!isText(text))
    }
    for text in UTF8Samples.wellFormed { #expect(isText(text)) }
  }

  @Test func `a payload of text may hold U+0000`() {
    let texts = [[0], Array("abcdefgh\0ijklmnop\0".utf8)] as [[UInt8]]
    for text in texts {
      #expect(text.withUnsafeBytes { UTF8Text.isWellFormed($0, allowsNull: true) })
      #expect(!isText(text))
    }
    #expect(![0xFF].withUnsafeBytes { UTF8Text.isWellFormed($0, allowsNull: true) })
  }

  @Test func `each code point is judged as Swift's own decoder judges it`() {
    for first in UInt8(0x80)...0xFF {
      for second in UInt8.min...UInt8.max {
        for tail in [[], [0x80], [0x80, 0x80], [0xBF, 0xBF], [0x80, 0x80, 0x80], [0x41]] as [[UInt8]] {
          let bytes = [first, second] + tail
          let isRight = String(validating: bytes, as: UTF8.self) != nil && !bytes.contains(0)
          if isText(bytes) != isRight { Issue.record("\(bytes)") }
        }
      }
    }
  }

  @Test func `levels are counted`() {
    for (name, count) in [("a", 1), ("a/b", 2), ("/", 2), ("/a/", 3), ("//", 3)] {
      #expect(levelCount(Array(name.utf8)) == count)
    }
    #expect(levelCount([UInt8](repeating: 0x2F, count: 65_500)) == 65_501)
  }
}
