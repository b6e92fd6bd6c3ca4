import Administration
import Foundation
import Testing

@Suite struct PrometheusTextTests {
  private func text(_ families: [MetricFamily]) -> String {
    String(decoding: PrometheusText.encode(families), as: UTF8.self)
  }

  @Test func `counters, gauges and labels are written as the format says`() {
    let page = text([
      MetricFamily(.sessions, .integer(-3)), MetricFamily(.connectRefusedTotal, ["b": 2, "a": UInt64.max]),
      MetricFamily(.processStartTime, .number(1.5)),
    ])
    #expect(
      page == """
        # HELP sluice_connect_refused_total CONNECT packets and connections refused, by reason.
        # TYPE sluice_connect_refused_total counter
        sluice_connect_refused_total{reason="a"} 18446744073709551615
        sluice_connect_refused_total{reason="b"} 2
        # HELP sluice_process_start_time_seconds When the process started, in seconds since 1970, UTC.
        # TYPE sluice_process_start_time_seconds gauge
        sluice_process_start_time_seconds 1.5
        # HELP sluice_sessions Sessions, connected or not.
        # TYPE sluice_sessions gauge
        sluice_sessions -3

        """)
  }

  @Test func `label values are escaped`() {
    let page = text([MetricFamily(.connectRefusedTotal, ["a\"b\\c\nd": 1])])
    #expect(page.contains("{reason=\"a\\\"b\\\\c\\nd\"} 1\n"))
  }

  @Test func `a histogram is cumulative and ends in +Inf`() {
    let page = text([
      MetricFamily(.sessions, .histogram(bounds: [0.5, 1], counts: [1, 2, 4], sum: 9.25))
    ])
    #expect(
      page.contains(
        """
        sluice_sessions_bucket{le="0.5"} 1
        sluice_sessions_bucket{le="1.0"} 3
        sluice_sessions_bucket{le="+Inf"} 7
        sluice_sessions_sum 9.25
        sluice_sessions_count 7

        """))
  }

  @Test func `the order does not depend on the input, and doubles are written once`() {
    let a = MetricFamily(.publishesSentTotal, [MetricSample(["1"], .count(1)), MetricSample(["0"], .count(2))])
    let b = MetricFamily(.publishesSentTotal, [MetricSample(["0"], .count(9)), MetricSample(["2"], .count(3))])
    let page = text([a, MetricFamily(.sessions, .integer(1)), b])
    #expect(page.components(separatedBy: "# TYPE sluice_publishes_sent_total").count == 2)
    #expect(page.components(separatedBy: "sluice_publishes_sent_total{qos=\"0\"}").count == 2)
    #expect(text([a, MetricFamily(.sessions, .integer(1))]) == text([MetricFamily(.sessions, .integer(1)), a]))
  }

  @Test func `numbers that are none are written as the format names them`() {
    for (value, name) in [
      (Double.infinity, "+Inf"), (-Double.infinity, "-Inf"), (Double.nan, "NaN"), (1e300, "1e+300"),
    ] {
      #expect(text([MetricFamily(.sessions, .number(value))]).hasSuffix("sluice_sessions \(name)\n"))
    }
  }

  @Test func `every name of the catalogue is valid, explained, and there once`() {
    let names = MetricDefinition.all.map(\.name)
    #expect(Set(names).count == names.count)
    for definition in MetricDefinition.all {
      #expect(definition.name.wholeMatch(of: /sluice_[a-z][a-z0-9_]*/) != nil)
      #expect(definition.help.hasSuffix("."))
      #expect((definition.kind == .counter) == definition.name.hasSuffix("_total"))
      for label in definition.labels { #expect(label.wholeMatch(of: /[a-z][a-z0-9_]*/) != nil && label != "le") }
    }
  }
}
