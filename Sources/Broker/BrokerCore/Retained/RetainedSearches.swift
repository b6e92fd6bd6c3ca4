import MQTTCodec

/// The searches for retained messages that a session has before it, in the order in which it asked.
///
/// There is one for a filter, so they are as many as the session's subscriptions at most. Every step is constant time,
/// but for tidying up now and then. A value without I/O.
struct RetainedSearches {
  // Nil where a search was taken out.
  private var line: [RetainedSearch?] = []
  private var head = 0
  /// Where a filter's search is in the line.
  private var places: [[UInt8]: Int] = [:]
  /// Something live was lost to the session since the oldest search began, so that what a search leaves out because
  /// it comes live might not come at all.
  var isLiveIncomplete = false

  var isEmpty: Bool { head == line.count }

  /// The one whose turn it is. Set while there is one.
  var first: RetainedSearch? {
    get { isEmpty ? nil : line[head] }
    set { if !isEmpty, let newValue { line[head] = newValue } }
  }

  /// Where in the session's queue the first one has its turn.
  var firstPlace: Int? { isEmpty ? nil : line[head]?.place }

  /// Puts a search behind the others; one for the same filter that was under way is given up.
  mutating func append(_ search: RetainedSearch) {
    remove(search.filter)
    if line.count >= 64, places.count < line.count / 2 { tidy() }
    places[search.filter] = line.count
    line.append(search)
  }

  /// The session has other options for a filter now; what is still to come of it comes by them.
  mutating func change(_ filter: [UInt8], _ options: SubscriptionOptions, identifier: UInt32?) {
    guard let place = places[filter] else { return }
    line[place]?.options = options
    line[place]?.identifier = identifier
  }

  /// Gives up a filter's search, if there is one.
  mutating func remove(_ filter: [UInt8]) {
    guard let place = places.removeValue(forKey: filter) else { return }
    line[place] = nil
    while head < line.count, line[head] == nil { head += 1 }
    if isEmpty { self = RetainedSearches() }
  }

  /// The queue was cut: nothing that will stand behind its end came before a search.
  mutating func queueEnds(at end: Int) {
    for place in line.indices {
      guard let search = line[place], search.place > end else { continue }
      line[place]?.place = end
    }
  }

  private mutating func tidy() {
    line = line.filter { $0 != nil }
    head = 0
    for (place, search) in line.enumerated() { if let search { places[search.filter] = place } }
  }
}
