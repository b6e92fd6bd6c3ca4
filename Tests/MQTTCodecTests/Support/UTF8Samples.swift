/// Text that a server must refuse, and text that it must take (MQTT 5.0 section 1.5.4).
enum UTF8Samples {
  /// U+0000, stray and missing continuation bytes, overlong forms, surrogates, past U+10FFFF, bytes that never occur;
  /// alone, and where a decoder looks at eight bytes at once.
  static let illFormed: [[UInt8]] = cores.flatMap { core in
    [core, Array("abcdefg".utf8) + core, Array("abcdefgh".utf8) + core + Array("ijklmnopq".utf8), core + core]
  }

  private static let cores = [
    "00", "80", "BF", "C2", "C2 41", "C0 80", "C1 BF", "E0 80 80", "E0 9F BF", "E1 80", "E1 80 41", "E1 41 80",
    "ED A0 80", "ED BF BF", "ED A0 80 ED B0 80", "F0 80 80 80", "F0 8F BF BF", "F1 80 80", "F1 80 80 41", "F4 90 80 80",
    "F5 80 80 80", "F8 88 80 80 80", "FE", "FF",
  ].map(hex)

  static let wellFormed: [[UInt8]] =
    [
      "", "a", "abcdefgh", "abcdefghi", "é", "abcdefgé", "abcdefghé", "語", "😀", "日本語のトピック", "a\u{7F}", "\u{1}",
      "\u{FEFF}a",
    ]
    .map { Array($0.utf8) }
    + ["C2 80", "DF BF", "E0 A0 80", "ED 9F BF", "EE 80 80", "EF BF BF", "F0 90 80 80", "F4 8F BF BF"].map(hex)
}
