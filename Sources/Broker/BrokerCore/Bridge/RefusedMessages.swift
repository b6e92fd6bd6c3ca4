/// Which messages of which clients of MQTT 3.x the bridge can never take, and how often each was refused.
///
/// 3.x has no refusal but the end of the connection, and the client sends the message again on the next one: for ever,
/// and what is behind it never comes. So one that came back often enough is acknowledged. It is known by its content,
/// since packet identifiers change, and by its client's name, across connections and sessions.
///
/// A value without a clock; bounded: when it is full, the clients that were refused longest ago are forgotten, which
/// costs them nothing but further connections.
public struct RefusedMessages: Sendable {
  /// How often a message ends its client's connection; the next time it is acknowledged.
  public static let disconnectsMax = 3
  /// Clients that are remembered. About 1 MB when all are there.
  public static let clientsMax = 10_000
  /// Messages of one client that are remembered: the ones that it sends first on a new connection are few.
  public static let messagesPerClientMax = 16
  /// Refusals that are longer apart are not of one message that a client sends again and again: bridges wait some
  /// minutes at most before they connect again.
  public static let memoryMilliseconds: Int64 = 3_600_000

  private struct Refused {
    let digest: UInt64
    var count: Int
  }

  private struct Entry {
    /// The last refused is the last one.
    var messages: [Refused] = []
    /// A message was refused whose content was not known.
    var isOneUnknown = false
    var lastMilliseconds: Int64
  }

  private var entries: [[UInt8]: Entry] = [:]

  /// Remembers nothing.
  public init() {}

  /// Clients that are remembered.
  public var count: Int { entries.count }

  /// Whether the contents of a client's messages must be known, because one of them was refused lately.
  public func isWatched(_ client: [UInt8], nowMilliseconds: Int64) -> Bool {
    entries[client].map { nowMilliseconds - $0.lastMilliseconds < Self.memoryMilliseconds } ?? false
  }

  /// A message was refused for good. True when that happened often enough: it is to be acknowledged, and is forgotten.
  /// `digest` is nil where the content was not known; that counts for the next one that is.
  public mutating func refused(_ client: [UInt8], digest: UInt64?, nowMilliseconds: Int64) -> Bool {
    if entries[client] == nil, entries.count >= Self.clientsMax { forgetOldest() }
    var entry = entries[client] ?? Entry(lastMilliseconds: nowMilliseconds)
    if nowMilliseconds - entry.lastMilliseconds >= Self.memoryMilliseconds {
      entry = Entry(lastMilliseconds: nowMilliseconds)
    }
    entry.lastMilliseconds = nowMilliseconds
    guard let digest else {
      entry.isOneUnknown = true
      entries[client] = entry
      return false
    }
    var message = Refused(digest: digest, count: 0)
    if let known = entry.messages.firstIndex(where: { $0.digest == digest }) {
      message = entry.messages.remove(at: known)
    }
    if message.count >= Self.disconnectsMax {
      entries[client] = entry.messages.isEmpty ? nil : entry
      return true
    }
    message.count += entry.isOneUnknown && message.count == 0 ? 2 : 1
    entry.isOneUnknown = false
    entry.messages.append(message)
    if entry.messages.count > Self.messagesPerClientMax { entry.messages.removeFirst() }
    entries[client] = entry
    return false
  }

  /// Half of the clients, so that it is rarely done.
  private mutating func forgetOldest() {
    let times = entries.values.map(\.lastMilliseconds).sorted()
    let middle = times[times.count / 2]
    entries = entries.filter { $0.value.lastMilliseconds > middle }
  }
}
