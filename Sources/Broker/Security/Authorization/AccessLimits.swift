/// The bounds of the authorization engine, in one place, each with its reason.
public enum AccessLimits {
  /// Levels of a topic or a filter. Deeper ones are denied: no sane hierarchy has them, hostile ones have 65,500.
  public static let levelsMax = 128
  /// Bytes of a topic or a filter: what MQTT can carry in a string (MQTT 5.0 section 1.5.4).
  public static let topicBytesMax = 65_535
  /// Bytes of a client identifier, user name or certificate name. It keeps the work of a name pattern small, and every
  /// name that people or key makers use is far below it.
  public static let nameBytesMax = 1_024
  /// Bytes of a name pattern in the access file; together with ``nameBytesMax`` it bounds the work of one comparison.
  public static let patternBytesMax = 256
  /// Rules, groups, members and filters of a policy, each: what can be compiled at a CONNECT without a pause.
  public static let entriesMax = 100_000
  /// Deny filters of one subject and action: each allow filter is compared with each of them when a policy is checked.
  public static let deniesOfSubjectMax = 1_000
  /// Name patterns with `*` of a policy: each is compared at each CONNECT. Literal names cost nothing.
  public static let wildcardPatternsMax = 1_000
  /// Problems that one check reports before it stops.
  public static let problemsMax = 100
}
