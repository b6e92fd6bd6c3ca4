/// A metric's name and meaning; all that the product has are in the catalogue (`MetricDefinition.all`).
public struct MetricDefinition: Sendable, Hashable {
  /// The name, valid for Prometheus, with its unit last.
  public let name: String
  /// One sentence for people.
  public let help: String
  /// What kind of figure it is.
  public let kind: Kind
  /// The names of its labels, in the order in which a sample's values are given.
  public let labels: [String]

  /// The kinds of figures (Prometheus text exposition 0.0.4).
  public enum Kind: String, Sendable {
    /// Only grows, until the process starts anew.
    case counter
    /// Goes up and down.
    case gauge
    /// Counts observations by size.
    case histogram
  }

  init(_ kind: Kind, _ name: String, _ labels: [String] = [], help: String) {
    self.name = "sluice_\(name)"
    self.help = help
    self.kind = kind
    self.labels = labels
  }
}
