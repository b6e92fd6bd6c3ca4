/// Topic names to routes: what makes a publish cost one hash and one comparison instead of a search.
///
/// Bounded by construction: sets of four entries, doubled until the bound is reached, then the oldest of a set gives
/// way, so neither many topics nor chosen hashes make it slow or large. Confined to its shard.
struct MatchCache {
  private static let ways = 4
  private var hashes: [UInt64]
  private var routes: [Route?]
  private var setMask: Int
  private let topicsMax: Int
  private let seed: UInt64
  private var victim = 0

  /// `seed` keeps hashes unpredictable to clients.
  init(topicsMax: Int, seed: UInt64) {
    let sets = 64
    hashes = Array(repeating: 0, count: sets * Self.ways)
    routes = Array(repeating: nil, count: sets * Self.ways)
    setMask = sets - 1
    self.topicsMax = max(topicsMax, sets * Self.ways)
    self.seed = seed
  }

  /// A multiply-and-fold hash (as wyhash) over a topic's bytes.
  @inline(__always)
  func hash(_ topic: UnsafeRawBufferPointer) -> UInt64 {
    var h = seed ^ UInt64(truncatingIfNeeded: topic.count)
    var i = 0
    let n = topic.count
    while i &+ 8 <= n {
      let m = (h ^ topic.loadUnaligned(fromByteOffset: i, as: UInt64.self)).multipliedFullWidth(
        by: 0xA076_1D64_78BD_642F)
      h = m.high ^ m.low
      i &+= 8
    }
    var rest: UInt64 = 0
    while i < n {
      rest = rest << 8 | UInt64(topic[i])
      i &+= 1
    }
    let m = (h ^ rest).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
    return m.high ^ m.low
  }

  /// The route of a topic, whatever its generation.
  @inline(__always)
  func find(_ topic: UnsafeRawBufferPointer, hash: UInt64) -> Route? {
    let first = (Int(truncatingIfNeeded: hash) & setMask) &* Self.ways
    for way in first..<(first &+ Self.ways) where hashes[way] == hash {
      if let route = routes[way], route.isFor(topic) { return route }
    }
    return nil
  }

  /// Remembers a route, perhaps in place of another.
  mutating func insert(_ route: Route) {
    while true {
      let first = (Int(truncatingIfNeeded: route.hash) & setMask) * Self.ways
      for way in first..<(first + Self.ways) where routes[way] == nil {
        routes[way] = route
        hashes[way] = route.hash
        return
      }
      guard routes.count * 2 <= topicsMax else {
        victim = (victim + 1) % Self.ways
        routes[first + victim] = route
        hashes[first + victim] = route.hash
        return
      }
      double()
    }
  }

  private mutating func double() {
    let old = routes
    setMask = (setMask + 1) * 2 - 1
    hashes = Array(repeating: 0, count: old.count * 2)
    routes = Array(repeating: nil, count: old.count * 2)
    for case .some(let route) in old {
      let first = (Int(truncatingIfNeeded: route.hash) & setMask) * Self.ways
      for way in first..<(first + Self.ways) where routes[way] == nil {
        routes[way] = route
        hashes[way] = route.hash
        break
      }
    }
  }

  /// Forgets everything.
  mutating func removeAll() {
    for i in routes.indices {
      routes[i] = nil
      hashes[i] = 0
    }
  }
}
