/// What a client subscribes to: a topic name that may have wildcards, or a share of one (MQTT 5.0 sections 4.7 and
/// 4.8.2).
public struct TopicFilter: Sendable, Hashable {
  /// The filter as the client wrote it, `$share/` and the group's name included.
  public let bytes: [UInt8]
  /// Where the filter that topics are matched against starts in ``bytes``: behind the group's name, or 0.
  let matchedStart: Int
  /// Whether the filter has `+` or `#`.
  public let hasWildcard: Bool

  /// Checks `bytes`: nil unless they are a well-formed filter, and a well-formed share when they start with `$share/`.
  public init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count > 0, bytes.count <= DecodingLimits.fieldBytesMax else { return nil }
    let bytes = Array(bytes)
    guard bytes.withUnsafeBytes({ UTF8Text.isWellFormed($0) }) else { return nil }
    guard let start = Self.matchedStart(bytes), start < bytes.count,
      let hasWildcard = Self.wildcards(bytes[start...])
    else { return nil }
    self.bytes = bytes
    self.matchedStart = start
    self.hasWildcard = hasWildcard
  }

  /// Checks `bytes`: nil unless they are a well-formed filter, and a well-formed share when they start with `$share/`.
  public init?(_ bytes: Span<UInt8>) {
    guard let filter = bytes.withUnsafeBytes({ TopicFilter($0) }) else { return nil }
    self = filter
  }

  /// The name of the group that shares the subscription, or nil when it isn't shared.
  public var sharedGroup: ArraySlice<UInt8>? {
    matchedStart == 0 ? nil : bytes[Self.sharePrefix.count..<(matchedStart - 1)]
  }

  /// The filter that topics are matched against: all of it, or what follows the group's name.
  public var matched: ArraySlice<UInt8> { bytes[matchedStart...] }

  /// The levels of ``matched``. Made anew at each call, for setting up a subscription.
  public var levels: [ArraySlice<UInt8>] {
    matched.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
  }

  /// How many levels ``matched`` has.
  public var levelCount: Int { matched.withUnsafeBytes { TopicName.levelCount($0) } }

  static let sharePrefix = Array("$share/".utf8)

  /// Where the filter proper starts: 0, or behind `$share/{group}/`; nil when the share is malformed.
  private static func matchedStart(_ bytes: [UInt8]) -> Int? {
    guard bytes.starts(with: sharePrefix) else { return 0 }
    let rest = bytes[sharePrefix.count...]
    guard let slash = rest.firstIndex(of: UInt8(ascii: "/")), slash > rest.startIndex else { return nil }
    let hasWildcard = rest[..<slash].contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }
    return hasWildcard ? nil : slash + 1
  }

  /// Whether there are wildcards, or nil when one is not a whole level, or `#` isn't the last.
  private static func wildcards(_ filter: ArraySlice<UInt8>) -> Bool? {
    var found = false
    for (index, byte) in zip(filter.indices, filter) where byte == UInt8(ascii: "+") || byte == UInt8(ascii: "#") {
      found = true
      if index > filter.startIndex, filter[index - 1] != UInt8(ascii: "/") { return nil }
      let isLast = index == filter.endIndex - 1
      if !isLast, byte == UInt8(ascii: "#") || filter[index + 1] != UInt8(ascii: "/") { return nil }
    }
    return found
  }
}
