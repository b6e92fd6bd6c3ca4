/// One metric with its samples.
public struct MetricFamily: Sendable {
  /// Its name and meaning.
  public let definition: MetricDefinition
  /// Its samples, in any order; of two with the same label values the first counts.
  public var samples: [MetricSample]

  /// Names a metric and gives its samples.
  public init(_ definition: MetricDefinition, _ samples: [MetricSample]) {
    self.definition = definition
    self.samples = samples
  }

  /// A metric of one label: a sample for each value.
  public init(_ definition: MetricDefinition, _ counts: [String: UInt64]) {
    self.init(definition, counts.map { MetricSample([$0.key], .count($0.value)) })
  }

  /// A metric without labels.
  public init(_ definition: MetricDefinition, _ value: MetricValue) {
    self.init(definition, [MetricSample([], value)])
  }
}
