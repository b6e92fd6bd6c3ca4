/// Keys and values in the order of the file. No key stands in it twice.
public struct YAMLMapping: Sendable {
  /// One key with its value.
  public struct Entry: Sendable {
    /// The key's text.
    public let key: String
    /// Where the key begins.
    public let keyPlace: YAMLPlace
    /// The value.
    public let value: YAMLNode
  }

  /// All entries, in the order of the file.
  public private(set) var entries: [Entry] = []
  private var indices: [String: Int] = [:]

  /// A mapping without entries.
  public init() {}

  /// The entry of a key, or nil.
  public subscript(key: String) -> Entry? { indices[key].map { entries[$0] } }

  /// Adds an entry whose key is not there yet.
  mutating func append(_ entry: Entry) {
    indices[entry.key] = entries.count
    entries.append(entry)
  }
}
