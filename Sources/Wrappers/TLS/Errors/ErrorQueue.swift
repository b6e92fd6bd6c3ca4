import COpenSSL

/// OpenSSL's queue of errors of the calling thread. Whoever gets a failure from OpenSSL takes the whole queue: what
/// stays in it would make the next call on this thread look as if it had failed.
enum ErrorQueue {
  /// One taken error.
  struct Entry {
    /// The library inside of OpenSSL that reported it (`ERR_LIB_…`).
    let library: Int32
    /// The reason's number, meaningful within the library.
    let reason: Int32
    /// The reason in words.
    let text: String
  }

  /// The alert of a reason that stands for an alert from the peer, else `nil`.
  static func peerAlert(_ entry: Entry) -> UInt8? {
    guard entry.library == Int32(ERR_LIB_SSL) else { return nil }
    return UInt8(exactly: entry.reason - Int32(SSL_AD_REASON_OFFSET))
  }

  /// Removes and returns all errors of this thread, the oldest first.
  static func drain() -> [Entry] {
    var entries: [Entry] = []
    while true {
      let code = ERR_get_error()
      if code == 0 { return entries }
      let text = ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)"
      entries.append(Entry(library: cossl_err_library(code), reason: cossl_err_reason(code), text: text))
    }
  }

  /// Removes all errors of this thread; nearly free when there is none.
  @inline(__always)
  static func clear() {
    if ERR_peek_error() != 0 { ERR_clear_error() }
  }

  /// Removes all errors and returns their reasons in one line, without repetitions.
  static func drainText() -> String {
    var texts: [String] = []
    for entry in drain() where !texts.contains(entry.text) { texts.append(entry.text) }
    return texts.isEmpty ? "no reason given" : texts.joined(separator: ", ")
  }
}
