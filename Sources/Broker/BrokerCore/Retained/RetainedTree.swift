/// Retained messages at the levels of their topics.
///
/// A walk sees a topic before those below it, and topics side by side in the order in which they came; it can be left
/// at any place and taken up again. No recursion, so a hostile depth costs no stack; callers bound the number of
/// levels. A level without a message and without levels below it is removed. Not thread safe by itself.
struct RetainedTree {
  private let root = RetainedNode(name: [], number: 0)
  private var expiries = RetainedExpiries()
  /// The number of the last change.
  private(set) var lastNumber: UInt64 = 0

  private static let plus = ArraySlice([UInt8(ascii: "+")])
  private static let hash = ArraySlice([UInt8(ascii: "#")])

  /// The message of a topic.
  func message(at topic: ArraySlice<UInt8>) -> Message? {
    var node = root
    for level in Levels(topic) {
      guard let next = node.children[level] else { return nil }
      node = next
    }
    return node.message
  }

  /// Keeps a message as its topic's one.
  mutating func insert(_ message: Message) {
    lastNumber += 1
    var node = root
    for level in Levels(message.topic) {
      if let next = node.children[level] {
        node = next
      } else {
        // A slice would keep the whole message alive; each node keeps its own level only.
        let next = RetainedNode(name: ArraySlice(Array(level)), number: lastNumber)
        node.children.append(next)
        node = next
      }
    }
    node.message = message
    node.storedNumber = lastNumber
    expiries.set(node, message.expiresAtMilliseconds)
  }

  /// Takes a topic's message away.
  mutating func remove(at topic: ArraySlice<UInt8>) {
    var trail: [RetainedNode] = []
    var node = root
    for level in Levels(topic) {
      guard let next = node.children[level] else { return }
      trail.append(node)
      node = next
    }
    node.message = nil
    expiries.set(node, nil)
    while node.message == nil, node.children.isEmpty, let parent = trail.popLast() {
      parent.children.remove(node)
      node = parent
    }
  }

  /// Takes the message away that expired first, if one has by now.
  mutating func removeExpired(nowMilliseconds: Int64) -> Message? {
    guard let first = expiries.first, first.atMilliseconds <= nowMilliseconds, let message = first.node.message else {
      return nil
    }
    remove(at: message.topic)
    return message
  }

  // MARK: walks

  private struct Frame {
    let node: RetainedNode
    /// Levels of the filter that lie behind.
    let depth: Int
    /// The number of the child that was looked at last.
    var last: UInt64
    var place: RetainedChildren.Place

    init(_ node: RetainedNode, depth: Int, after last: UInt64 = 0) {
      self.node = node
      self.depth = depth
      self.last = last
      place = last == 0 ? RetainedChildren.Place() : node.children.place(after: last)
    }
  }

  /// Goes on with a walk (MQTT 5.0 section 4.7) until `body` says no, which ends it behind that message for this time,
  /// or `stepsMax` nodes were looked at. Returns how many that were.
  ///
  /// - Parameter includesChanged: Messages come too that were stored after the walk began, at topics that were there.
  func walk(
    _ cursor: inout RetainedCursor, stepsMax: Int, includesChanged: Bool, _ body: (Message) -> Bool
  ) -> Int {
    var open = frames(cursor)
    var steps = 0
    while !open.isEmpty {
      guard steps < stepsMax else {
        cursor.path = open.map(\.last)
        return steps
      }
      steps += 1
      guard let next = Self.next(&open[open.count - 1], cursor, isFirst: open.count == 1) else {
        open.removeLast()
        continue
      }
      open.append(next)
      guard next.depth == cursor.levels.count || cursor.levels[next.depth] == Self.hash,
        let message = next.node.message, includesChanged || next.node.storedNumber <= cursor.through
      else { continue }
      if !body(message) {
        cursor.path = open.map(\.last)
        return steps
      }
    }
    cursor.isAtEnd = true
    return steps
  }

  /// The nodes on the way to where a walk was left, as far as they are still there.
  private func frames(_ cursor: RetainedCursor) -> [Frame] {
    var open: [Frame] = []
    guard !cursor.isAtEnd else { return open }
    var node = root
    var depth = 0
    for (at, last) in cursor.path.enumerated() {
      open.append(Frame(node, depth: depth, after: last))
      guard at + 1 < cursor.path.count else { break }
      // The node that was looked at last is the one that the next number belongs to.
      var place = node.children.place(after: last - 1)
      guard let child = node.children.next(&place), child.number == last else { break }
      node = child
      depth = Self.depth(below: depth, cursor)
    }
    return open
  }

  private static func depth(below depth: Int, _ cursor: RetainedCursor) -> Int {
    cursor.levels[depth] == hash ? depth : depth + 1
  }

  /// The next node below a frame's that the filter leads to.
  private static func next(_ frame: inout Frame, _ cursor: RetainedCursor, isFirst: Bool) -> Frame? {
    guard frame.depth < cursor.levels.count else { return nil }
    let level = cursor.levels[frame.depth]
    guard level == hash || level == plus else {
      guard let child = frame.node.children[level], child.number > frame.last, child.number <= cursor.through else {
        return nil
      }
      frame.last = child.number
      return Frame(child, depth: frame.depth + 1)
    }
    while let child = frame.node.children.next(&frame.place) {
      // All behind it came later still.
      guard child.number <= cursor.through else { return nil }
      frame.last = child.number
      // Wildcards at the first level don't match topics that begin with $ [MQTT-4.7.2-1].
      if isFirst, child.name.first == UInt8(ascii: "$") { continue }
      return Frame(child, depth: depth(below: frame.depth, cursor))
    }
    return nil
  }
}

/// The levels of a topic name one after the other, without an array of them.
private struct Levels: Sequence, IteratorProtocol {
  private var rest: ArraySlice<UInt8>?

  init(_ topic: ArraySlice<UInt8>) { rest = topic }

  mutating func next() -> ArraySlice<UInt8>? {
    guard let rest else { return nil }
    guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else {
      self.rest = nil
      return rest
    }
    self.rest = rest[(slash + 1)...]
    return rest[..<slash]
  }
}
