/// The levels below one level: by their names, and in the order in which they came.
///
/// The order is kept in parts of a few hundred, so that no insertion or removal moves more than such a part, however
/// many levels lie side by side.
struct RetainedChildren {
  /// A place in the order; it holds as long as nothing is inserted or removed.
  struct Place {
    var part = 0
    var index = 0
  }

  private static let partMax = 256

  private var byName: [ArraySlice<UInt8>: RetainedNode] = [:]
  private var parts: [[RetainedNode]] = []

  var isEmpty: Bool { byName.isEmpty }

  subscript(name: ArraySlice<UInt8>) -> RetainedNode? { byName[name] }

  /// Adds a node whose number is higher than all others'.
  mutating func append(_ node: RetainedNode) {
    byName[node.name] = node
    if let last = parts.indices.last, parts[last].count < Self.partMax {
      parts[last].append(node)
    } else {
      parts.append([node])
    }
  }

  mutating func remove(_ node: RetainedNode) {
    byName[node.name] = nil
    let place = place(after: node.number - 1)
    guard parts.indices.contains(place.part), parts[place.part][place.index] === node else { return }
    parts[place.part].remove(at: place.index)
    if parts[place.part].isEmpty { parts.remove(at: place.part) }
  }

  /// The node at a place, and the place behind it; nil at the end.
  func next(_ place: inout Place) -> RetainedNode? {
    guard place.part < parts.count else { return nil }
    let part = parts[place.part]
    let node = part[place.index]
    place.index += 1
    if place.index == part.count { place = Place(part: place.part + 1, index: 0) }
    return node
  }

  /// Where the first node stands whose number is above `number`.
  func place(after number: UInt64) -> Place {
    let part = Self.first(of: parts.count) { (parts[$0].last?.number ?? 0) > number }
    guard part < parts.count else { return Place(part: part, index: 0) }
    return Place(part: part, index: Self.first(of: parts[part].count) { parts[part][$0].number > number })
  }

  /// The first of `count` for which something is true that stays true behind it; `count` when it is for none.
  private static func first(of count: Int, where isTrue: (Int) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if isTrue(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
