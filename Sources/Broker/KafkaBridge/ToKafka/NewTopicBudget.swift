/// How many new names of Kafka topics each client may bring: a bucket for each that fills with time. A value; the time
/// is given.
struct NewTopicBudget {
  /// Most new names of one client at once: a gateway that comes after a start with all its devices.
  static let namesMax = 1_000.0
  /// New names a second beyond those.
  static let namesPerSecond = 5.0
  /// What a name that Kafka doesn't have costs more than one that it has.
  static let missingCost = 9.0
  /// Most clients that are remembered. Those whose bucket is full again are forgotten.
  static let clientsMax = 10_000

  private struct Bucket {
    var names: Double
    var atSeconds: Double
  }

  private var buckets: [[UInt8]: Bucket] = [:]

  /// How many clients are remembered.
  var clients: Int { buckets.count }

  /// Whether the client may name one more topic now.
  mutating func take(by client: [UInt8], atSeconds now: Double) -> Bool {
    var bucket = bucket(of: client, atSeconds: now)
    guard bucket.names >= 1 else { return false }
    bucket.names -= 1
    store(bucket, of: client, atSeconds: now)
    return true
  }

  /// Kafka doesn't have what the client named.
  mutating func charge(_ client: [UInt8], atSeconds now: Double) {
    var bucket = bucket(of: client, atSeconds: now)
    bucket.names = max(0, bucket.names - NewTopicBudget.missingCost)
    store(bucket, of: client, atSeconds: now)
  }

  private func bucket(of client: [UInt8], atSeconds now: Double) -> Bucket {
    guard let known = buckets[client] else { return Bucket(names: NewTopicBudget.namesMax, atSeconds: now) }
    return Bucket(names: filled(known, atSeconds: now), atSeconds: now)
  }

  private func filled(_ bucket: Bucket, atSeconds now: Double) -> Double {
    min(NewTopicBudget.namesMax, bucket.names + max(0, now - bucket.atSeconds) * NewTopicBudget.namesPerSecond)
  }

  private mutating func store(_ bucket: Bucket, of client: [UInt8], atSeconds now: Double) {
    if buckets.count >= NewTopicBudget.clientsMax, buckets[client] == nil {
      buckets = buckets.filter { filled($0.value, atSeconds: now) < NewTopicBudget.namesMax }
      // So many that none is full: it takes as many names as there are clients, and those are bounded elsewhere.
      if buckets.count >= NewTopicBudget.clientsMax { buckets = [:] }
    }
    buckets[client] = bucket
  }
}
