/// The form of one log line: text for people, in the manner of logfmt, or JSON for machines.
///
/// A line is never longer than `bytesMax`, is one line whatever its values contain, and is valid UTF-8. Values can come
/// from devices; events and field names come from the program.
public enum LogLine {
  /// How lines look.
  public enum Format: String, Sendable, CaseIterable {
    /// `2026-11-24T04:07:42.123Z warning connect refused client=sensor-1 reason="bad password"`
    case text
    /// `{"time":"2026-11-24T04:07:42.123Z","level":"warning","event":"connect refused","client":"sensor-1"}`
    case json
  }

  /// Bytes of a line with its line end at most: a pipe takes as many in one piece (PIPE_BUF), so lines of several
  /// threads never mix.
  public static let bytesMax = 4096
  /// Bytes of a value at most, before escaping; a cut value ends in `…`. Longer than client ids and topics usually are.
  public static let valueBytesMax = 512

  /// Writes a line with its line end. `milliseconds` counts from 1970, UTC. Fields that do not fit are left out, and
  /// `truncated` says so.
  public static func encode(
    _ format: Format, milliseconds: Int64, level: LogLevel, event: String, fields: [(name: String, value: String)]
  ) -> [UInt8] {
    let time = timestamp(milliseconds)
    let event = bounded(event)
    var line: [UInt8] = []
    switch format {
    case .text: line += "\(time) \(level) \(isPlain(event, allowing: " ") ? event : JSONText.string(event))".utf8
    case .json: line += "{\"time\":\"\(time)\",\"level\":\"\(level)\",\"event\":\(JSONText.string(event))".utf8
    }
    let (mark, end) = format == .text ? (" truncated=true", "\n") : (",\"truncated\":true", "}\n")
    let room = bytesMax - mark.utf8.count - end.utf8.count
    for field in fields {
      let name = fieldName(field.name)
      let value = bounded(field.value)
      let piece =
        format == .text
        ? " \(name)=\(isPlain(value, allowing: nil) ? value : JSONText.string(value))"
        : ",\"\(name)\":\(JSONText.string(value))"
      guard line.count + piece.utf8.count <= room else {
        line += mark.utf8
        break
      }
      line += piece.utf8
    }
    line += end.utf8
    return line
  }

  /// Whether a text can stand in a text line without quotes, and cannot be taken for anything else.
  private static func isPlain(_ text: String, allowing allowed: Unicode.Scalar?) -> Bool {
    if text.isEmpty { return false }
    return text.unicodeScalars.allSatisfy { scalar in
      switch scalar {
      case "\"", "\\", "=": false
      case _ where scalar == allowed: true
      default: !scalar.properties.isWhitespace && !JSONText.isControl(scalar)
      }
    }
  }

  /// The text, cut at a character so that at most `valueBytesMax` bytes of it are left.
  private static func bounded(_ text: String) -> String {
    if text.utf8.count <= valueBytesMax { return text }
    var kept = String.UnicodeScalarView()
    var bytes = 0
    for scalar in text.unicodeScalars {
      bytes += UTF8.width(scalar)
      if bytes > valueBytesMax { break }
      kept.append(scalar)
    }
    return String(kept) + "…"
  }

  /// Letters, digits, `_`, `-` and `.`; at most 64; and none of the names that each line has.
  private static func fieldName(_ name: String) -> String {
    let safe = String(
      decoding: name.utf8.prefix(64).map { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
          byte
        default: UInt8(ascii: "_")
        }
      }, as: UTF8.self)
    return safe.isEmpty || ["time", "level", "event", "truncated"].contains(safe) ? "\(safe)_" : safe
  }

  /// RFC 3339, UTC, with milliseconds.
  private static func timestamp(_ milliseconds: Int64) -> String {
    // Within the years 0 to 9999, which have four digits.
    let bounded = min(max(milliseconds, -62_167_219_200_000), 253_402_300_799_999)
    let (days, ofDay) = floorDivide(bounded, by: 86_400_000)
    // Days to year, month and day: H. Hinnant, "chrono-compatible low-level date algorithms", civil_from_days.
    let (era, dayOfEra) = floorDivide(days + 719_468, by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shifted + 2) / 5 + 1
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    let seconds = ofDay / 1000
    let clock = "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    return "\(date)T\(clock).\(padded(ofDay % 1000, 3))Z"
  }

  private static func floorDivide(_ value: Int64, by divisor: Int64) -> (Int64, Int64) {
    let rest = value % divisor
    return rest < 0 ? (value / divisor - 1, rest + divisor) : (value / divisor, rest)
  }

  private static func padded(_ value: Int64, _ digits: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}
