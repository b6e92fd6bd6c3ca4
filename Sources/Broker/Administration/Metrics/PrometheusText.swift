/// Writes metrics in the Prometheus text exposition format, version 0.0.4.
///
/// The order is always the same: families by name, samples by label values. Families of one name are merged, and of
/// samples with equal labels one is written, since a reader refuses a page with doubles.
public enum PrometheusText {
  /// The media type of the format.
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// The page, as UTF-8.
  public static func encode(_ families: [MetricFamily]) -> [UInt8] {
    var text = ""
    for family in merged(families) {
      let definition = family.definition
      text += "# HELP \(definition.name) \(escape(definition.help, quotes: false))\n"
      text += "# TYPE \(definition.name) \(definition.kind.rawValue)\n"
      var last: [String]?
      for sample in family.samples.sorted(by: { $0.labels.lexicographicallyPrecedes($1.labels) }) {
        if sample.labels == last { continue }
        last = sample.labels
        append(sample, of: definition, to: &text)
      }
    }
    return Array(text.utf8)
  }

  private static func merged(_ families: [MetricFamily]) -> [MetricFamily] {
    var byName: [String: MetricFamily] = [:]
    for family in families {
      byName[family.definition.name, default: MetricFamily(family.definition, [])].samples += family.samples
    }
    return byName.values.sorted { $0.definition.name < $1.definition.name }
  }

  private static func append(_ sample: MetricSample, of definition: MetricDefinition, to text: inout String) {
    let labels = zip(definition.labels, sample.labels).map { "\($0)=\"\(escape($1, quotes: true))\"" }
    func line(_ suffix: String, _ more: [String], _ value: String) {
      let all = labels + more
      text += "\(definition.name)\(suffix)\(all.isEmpty ? "" : "{\(all.joined(separator: ","))}") \(value)\n"
    }
    switch sample.value {
    case .count(let value): line("", [], String(value))
    case .integer(let value): line("", [], String(value))
    case .number(let value): line("", [], number(value))
    case .histogram(let bounds, let counts, let sum):
      var total: UInt64 = 0
      for (bound, count) in zip(bounds, counts) {
        total &+= count
        line("_bucket", ["le=\"\(number(bound))\""], String(total))
      }
      total &+= counts.dropFirst(bounds.count).reduce(0, &+)
      line("_bucket", ["le=\"+Inf\""], String(total))
      line("_sum", [], number(sum))
      line("_count", [], String(total))
    }
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return "\(value)"
  }

  private static func escape(_ text: String, quotes: Bool) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped.append(contentsOf: "\\\\".unicodeScalars)
      case "\n": escaped.append(contentsOf: "\\n".unicodeScalars)
      case "\"" where quotes: escaped.append(contentsOf: "\\\"".unicodeScalars)
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }
}
