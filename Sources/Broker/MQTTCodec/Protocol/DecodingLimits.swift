/// Bounds on what one packet may hold, so that no packet costs more than its size suggests.
public enum DecodingLimits {
  /// User properties in one packet or in one will. They are counted and passed on, never stored one by one, so this
  /// bounds only the work that each receiver of a message gets; clients send a handful.
  public static let userPropertiesMax = 1_000
  /// Topic filters in one SUBSCRIBE or UNSUBSCRIBE: each becomes a value in memory and an entry in the acknowledgement.
  public static let filtersMax = 4_096
  /// The largest Remaining Length that four bytes can say (MQTT 5.0 section 1.5.5).
  public static let remainingLengthMax = 268_435_455
  /// The longest UTF-8 string or binary field (MQTT 5.0 section 1.5.4).
  public static let fieldBytesMax = 65_535
}
