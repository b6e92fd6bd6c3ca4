import KafkaClient
import Testing

struct TopicPatternTests {
  @Test(arguments: ["^device-(a|b)$", "^x.*"]) func `a pattern is read as librdkafka reads it`(text: String) throws {
    let pattern = try KafkaTopicPattern(text)
    #expect(pattern.isExpression)
    #expect(pattern.matches("device-a") == text.hasPrefix("^device"))
    #expect(pattern.matches("xy") == (text == "^x.*"))
  }

  @Test(arguments: ["^(", "a b", "", ".", "..", String(repeating: "x", count: 250)])
  func `what can't be a topic or a pattern is refused`(text: String) {
    #expect(throws: KafkaPatternError.self) { try KafkaTopicPattern(text) }
  }

  @Test func `a pattern means no internal topic of Kafka, a name may`() throws {
    for text in ["^.*", "^_", "^(__)?consumer", "^[_a-z]+"] {
      #expect(try !KafkaTopicPattern(text).matches("__consumer_offsets"), "\(text)")
    }
    #expect(try KafkaTopicPattern("^_").matches("_mine"))
    #expect(try KafkaTopicPattern("__consumer_offsets").matches("__consumer_offsets"))
    #expect(throws: KafkaPatternError.self) { try KafkaTopicPattern("^__consumer.*") }
  }

  /// The pattern, the place of what POSIX doesn't know, and a word of the advice.
  private static let strangers: [(String, Int, String)] = [
    (#"^dev-\d+"#, 5, "[0-9]"), (#"^\D"#, 1, "[^0-9]"), (#"^\w+$"#, 1, "[A-Za-z0-9_]"), (#"^\W"#, 1, "[^A-Za-z0-9_]"),
    (#"^a\s"#, 2, "white space"), (#"^a\S"#, 2, "white space"), (#"^a\b"#, 2, "[._-]"), (#"^a\B"#, 2, "[._-]"),
    (#"^\<a"#, 1, "[._-]"), (#"^\Aa"#, 1, "^"), (#"^a\z"#, 2, "$"), (#"^a\Z"#, 2, "$"), (#"^\p{L}"#, 1, "[[:alpha:]]"),
    (#"^\Qa.b\E"#, 1, "dot"), (#"^(a)\1"#, 4, "group"), (#"^\x41"#, 1, "backslash"), (#"^a\t"#, 2, "white space"),
    ("^(?:a|b)", 1, "( )"), ("^(?=a)", 1, "ahead"), ("^(?!__)a", 1, "ahead"), ("^a(?<=a)", 2, "ahead"),
    ("^a(?<!b)", 2, "ahead"), ("^(?<n>a)", 1, "names"), ("^(?P<n>a)", 1, "names"), ("^(?i)a", 1, "[Aa]"),
    ("^(?>a)", 1, "( )"), ("^(?#x)a", 1, "comments"), ("^a.*?b", 3, "[^.]*"), ("^a.+?b", 3, "[^.]*"),
    ("^a??b", 2, "[^.]*"), ("^a{2,3}?b", 6, "[^.]*"), ("^a*+b", 2, "+ out"), ("^a++", 2, "+ out"),
    (#"^[\d]"#, 2, "0-9"), (#"^[a\w-]"#, 3, "A-Za-z0-9_"), (#"^[^\s]"#, 3, "white space"), (#"^[]\d]"#, 3, "0-9"),
    ("^[a-z&&[^b]]", 5, "intersected"), ("^[:alpha:]+", 1, "[[:alpha:]]"), (#"^a\.[[:digit:]]\d"#, 15, "[0-9]"),
  ]

  @Test(arguments: strangers)
  func `what POSIX doesn't know is told with its place and what to write`(text: String, place: Int, advice: String) {
    #expect {
      try KafkaTopicPattern(text)
    } throws: { error in
      guard let error = error as? KafkaPatternError else { return false }
      return error.offset == place && error.reason.contains("at character \(place + 1) ")
        && error.reason.contains(advice)
    }
  }

  @Test(arguments: [
    #"^a\.b\-c\_d$"#, "^[[:alpha:]_.-]+$", "^[]a]+", "^[^]a]+", "^(a|b){2,3}c*d+e?$", #"^[\.]"#, "^[[.-.]]", "^a(b)?c",
    "^[?+*(){}]", "^[(?:]", "^[:a]", "^a{1,}b?",
  ])
  func `what POSIX knows is taken`(text: String) throws { _ = try KafkaTopicPattern(text) }
}
