/// The access file: who may publish and subscribe to what. Members, names and filters are texts with their places; the
/// authorization engine gives them their meaning.
public struct AccessConfiguration: Sendable {
  /// The file, as the path by which it was opened.
  public let file: String
  /// `groups`: in the order of the file; no name twice.
  public let groups: [Placed<GroupConfiguration>]
  /// `rules`: in the order of the file, each placed where it begins.
  public let rules: [Placed<AccessRuleConfiguration>]
}
