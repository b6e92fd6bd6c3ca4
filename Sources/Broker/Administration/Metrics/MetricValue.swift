/// A figure of a kind that its definition names.
public enum MetricValue: Sendable, Equatable {
  /// A count of things, exact.
  case count(UInt64)
  /// A whole number that may be negative, exact.
  case integer(Int64)
  /// Any number.
  case number(Double)
  /// Observations by size: `counts[i]` of them at most `bounds[i]` and more than the bound before; one more count than
  /// bounds, for what is above all. `bounds` ascend.
  case histogram(bounds: [Double], counts: [UInt64], sum: Double)
}
