/// Values at topic levels: a tree with one node a level. Matching is iterative, so a hostile depth costs no stack;
/// callers bound the number of levels. A node without values and children is removed. Not thread safe by itself.
struct TopicTree<Value> {
  private final class Node {
    var children: [ArraySlice<UInt8>: Node] = [:]
    var values: [UInt64: Value] = [:]
  }

  private let root = Node()
  private static var plus: ArraySlice<UInt8> { [UInt8(ascii: "+")] }
  private static var hash: ArraySlice<UInt8> { [UInt8(ascii: "#")] }

  /// The levels of a topic name or filter.
  static func levels(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
  }

  /// Puts a value at the end of `path`; returns the one that was there under the key.
  mutating func insert(_ value: Value, key: UInt64, at path: [UInt8]) -> Value? {
    var node = root
    for level in Self.levels(path) {
      if let next = node.children[level] {
        node = next
      } else {
        let next = Node()
        // A slice would keep the whole path alive; each node keeps its own level only.
        node.children[ArraySlice(Array(level))] = next
        node = next
      }
    }
    return node.values.updateValue(value, forKey: key)
  }

  /// Takes the value under the key at the end of `path` away.
  mutating func remove(key: UInt64, at path: [UInt8]) -> Value? {
    var trail: [(Node, ArraySlice<UInt8>)] = []
    var node = root
    for level in Self.levels(path) {
      guard let next = node.children[level] else { return nil }
      trail.append((node, level))
      node = next
    }
    let removed = node.values.removeValue(forKey: key)
    while node.values.isEmpty, node.children.isEmpty, let (parent, level) = trail.popLast() {
      parent.children[level] = nil
      node = parent
    }
    return removed
  }

  /// Calls `body` with every value whose path, as a filter, matches the topic name (MQTT 5.0 section 4.7).
  func forEach(matching topic: [UInt8], _ body: (Value) -> Void) {
    let levels = Self.levels(topic)
    // Wildcards at the first level don't match topics that begin with $ [MQTT-4.7.2-1].
    let isReserved = topic.first == UInt8(ascii: "$")
    var current = [root]
    for (depth, level) in levels.enumerated() {
      var next: [Node] = []
      for node in current {
        if depth > 0 || !isReserved {
          node.children[Self.hash]?.values.values.forEach(body)
          if let child = node.children[Self.plus] { next.append(child) }
        }
        if let child = node.children[level] { next.append(child) }
      }
      current = next
      if current.isEmpty { return }
    }
    for node in current {
      node.values.values.forEach(body)
      node.children[Self.hash]?.values.values.forEach(body)
    }
  }
}
