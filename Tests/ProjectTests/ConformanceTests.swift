import Testing

/// docs/conformance.md says of every statement of the MQTT specifications for servers what shows it: here it is held to
/// that.
struct ConformanceTests {
  /// The numbered statements that concern a server (MQTT 5.0 and 3.1.1, appendix B of each).
  private static let statements = [
    "MQTT 5.0": """
    1.5.4: 1-3; 1.5.5: 1; 1.5.7: 1; 2.1.3: 1; 2.2.1: 2 4-6; 2.2.2: 1; 3.1.0: 1-2; 3.1.2: 1-19 22-29; 3.1.3:
    1-12; 3.1.4: 1-6; 3.2.0: 1-2; 3.2.2: 1-3 6-10 12-13 16 19-20 22; 3.3.1: 1-13; 3.3.2: 1-8 11-20; 3.3.4: 1-7
    9-10; 3.4.2: 1-3; 3.5.2: 1-3; 3.6.1: 1; 3.6.2: 1-3; 3.7.2: 1-3; 3.8.1: 1; 3.8.3: 1-5; 3.8.4: 1-8; 3.9.2:
    1-2; 3.9.3: 1-2; 3.10.1: 1; 3.10.3: 1-2; 3.10.4: 1-6; 3.11.2: 1-2; 3.11.3: 1-2; 3.12.4: 1; 3.14.0: 1;
    3.14.1: 1; 3.14.2: 1-4; 3.14.4: 1-3; 3.15.1: 1; 3.15.2: 1-3; 4.1.0: 1-2; 4.2.0: 1; 4.3.1: 1; 4.3.2: 1-5;
    4.3.3: 1-13; 4.4.0: 1-2; 4.5.0: 1; 4.6.0: 5-6; 4.7.0: 1; 4.7.1: 1-2; 4.7.2: 1; 4.7.3: 1-4; 4.8.2: 1-6;
    4.9.0: 1-3; 4.12.0: 1-2 4-7; 4.12.1: 1-2; 4.13.1: 1; 4.13.2: 1; 6.0.0: 1-2 4
    """,
    "MQTT 3.1.1": """
    1.5.3: 1-3; 2.2.2: 1-2; 2.3.1: 1 4-7; 3.1.0: 1-2; 3.1.2: 1-22 24; 3.1.3: 1-6 8-11; 3.1.4: 1-5; 3.2.0: 1;
    3.2.2: 1-6; 3.3.1: 1-12; 3.3.2: 1-3; 3.3.4: 1; 3.3.5: 1-2; 3.6.1: 1; 3.8.1: 1; 3.8.3: 1-4; 3.8.4: 1-6;
    3.9.3: 1-2; 3.10.1: 1; 3.10.3: 1-2; 3.10.4: 1-6; 3.12.4: 1; 3.14.1: 1; 3.14.4: 3; 4.1.0: 1-2; 4.3.1: 1;
    4.3.2: 1-2; 4.3.3: 1-2; 4.4.0: 1; 4.5.0: 1; 4.6.0: 5-6; 4.7.1: 1-3; 4.7.2: 1; 4.7.3: 1-4; 4.8.0: 1-2; 6.0.0:
    1-2 4; 7.0.0: 1-2; 7.1.1: 1
    """,
  ]
  /// What the document says is not shown yet; each goes from both when its test comes.
  private static let pending: Set<String> = []

  private static let document = Project.text(of: "docs/conformance.md").split(
    separator: "\n", omittingEmptySubsequences: false)

  private struct Row {
    let statement: String
    let shownBy: String
    /// What stands between backticks.
    var tests: [String] {
      let parts = shownBy.split(separator: "`", omittingEmptySubsequences: false)
      return parts.indices.filter { $0 % 2 == 1 }.map { String(parts[$0]) }
    }
  }

  /// The lines of one chapter, up to the next of the same level.
  private static func chapter(_ title: String) -> [Substring] {
    let lines = document.drop { $0 != "## \(title)" }.dropFirst()
    return Array(lines.prefix { !$0.hasPrefix("## ") })
  }

  private static func rows(_ title: String) -> [Row] {
    chapter(title).filter { $0.hasPrefix("| MQTT-") }.compactMap { line in
      let cells = line.split(separator: "|").map { String($0.trimmingSpaces) }
      return cells.count == 3 ? Row(statement: cells[0], shownBy: cells[2]) : nil
    }
  }

  /// The numbers that a section below a chapter lists.
  private static func numbers(_ section: String, of title: String) -> Set<String> {
    let behind = chapter(title).drop { !$0.hasPrefix("### \(section)") }.dropFirst()
    let words = behind.prefix { !$0.hasPrefix("### ") }.joined(separator: " ").split { " ,".contains($0) }
    return Set(words.map { String($0.last == "." ? $0.dropLast() : $0) }.filter { $0.hasPrefix("MQTT-") })
  }

  /// "3.1.0: 1-2 5" names MQTT-3.1.0-1, -2 and -5.
  private static func expected(_ title: String) -> [String] {
    (statements[title] ?? "").split(separator: ";").flatMap { group -> [String] in
      let parts = group.split(separator: ":")
      guard parts.count == 2 else { return [] }
      return parts[1].split { " \n".contains($0) }.flatMap { range -> [String] in
        let ends = range.split(separator: "-").compactMap { Int($0) }
        guard let first = ends.first, let last = ends.last else { return [] }
        return (first...last).map { "MQTT-\(parts[0].trimmingSpaces)-\($0)" }
      }
    }
  }

  @Test(arguments: ["MQTT 5.0", "MQTT 3.1.1"])
  func `every statement for servers has one row, or is said not to be shown yet`(title: String) {
    let rows = Self.rows(title).map(\.statement)
    let pending = Self.numbers("Not yet shown", of: title)
    let expected = Self.expected(title)
    #expect(expected.count > 100 && Set(rows).count == rows.count)
    #expect(pending == Self.pending)
    #expect(Set(rows).intersection(pending) == [])
    #expect(Set(rows).union(pending).symmetricDifference(expected) == [])
  }

  @Test(arguments: ["MQTT 5.0", "MQTT 3.1.1"])
  func `statements for clients are not claimed`(title: String) {
    let clients = Self.numbers("For clients only", of: title)
    #expect(clients.count > 10 && clients.intersection(Self.expected(title)) == [])
  }

  @Test(arguments: ["MQTT 5.0", "MQTT 3.1.1"])
  func `every row names tests that exist, or says what was chosen`(title: String) {
    let tests = Set(Project.tests.flatMap(\.rawNames))
    for row in Self.rows(title) {
      #expect(!row.tests.isEmpty || row.shownBy.hasPrefix("Choice: "), "\(row.statement)")
      let missing = row.tests.filter { !tests.contains($0) }
      #expect(missing == [], "\(row.statement)")
    }
  }
}

extension Substring {
  fileprivate var trimmingSpaces: Substring {
    let rest = drop { $0 == " " || $0.isNewline }
    return rest.last == " " ? rest.dropLast().trimmingSpaces : rest
  }
}

extension SwiftSource {
  /// The names of tests that are sentences: functions between backticks.
  fileprivate var rawNames: [String] {
    lines.compactMap { line in
      let parts = line.split(separator: "`", omittingEmptySubsequences: false)
      return parts.count >= 3 && parts[0].hasSuffix("func ") ? String(parts[1]) : nil
    }
  }
}
