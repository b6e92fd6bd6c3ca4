/// One figure.
public struct MetricSample: Sendable {
  /// A value for each label of the definition, in its order; any text.
  public var labels: [String]
  /// The figure.
  public var value: MetricValue

  /// States a figure.
  public init(_ labels: [String], _ value: MetricValue) {
    self.labels = labels
    self.value = value
  }
}
