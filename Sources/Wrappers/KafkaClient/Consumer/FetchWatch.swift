/// Tells when a consumer's fetcher, which may be resting because enough was queued, is to look again: each time half of
/// what was queued has been read. A value.
///
/// What is enough is counted in records and in bytes, and only the fetcher knows which it met; half of what there was
/// is below either soon enough.
struct FetchWatch {
  private var most = 0

  /// After a read of so many records, with so many still queued.
  mutating func isDue(queued: Int, read: Int) -> Bool {
    most = max(most, queued + read)
    guard most > 0, queued <= most / 2 else { return false }
    most = queued
    return true
  }
}
