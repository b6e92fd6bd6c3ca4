/// The retained messages that expire, soonest first: a binary heap whose nodes know their places.
struct RetainedExpiries {
  private var heap: [(atMilliseconds: Int64, node: RetainedNode)] = []

  /// The node whose message expires first.
  var first: (atMilliseconds: Int64, node: RetainedNode)? { heap.first }

  /// A node's message expires at another time than before, or never.
  mutating func set(_ node: RetainedNode, _ atMilliseconds: Int64?) {
    guard let atMilliseconds else { return remove(node) }
    if let place = node.expiryPlace {
      heap[place].atMilliseconds = atMilliseconds
    } else {
      node.expiryPlace = heap.count
      heap.append((atMilliseconds, node))
    }
    if let place = node.expiryPlace { settle(place) }
  }

  private mutating func remove(_ node: RetainedNode) {
    guard let place = node.expiryPlace else { return }
    node.expiryPlace = nil
    let last = heap.removeLast()
    guard last.node !== node else { return }
    heap[place] = last
    last.node.expiryPlace = place
    settle(place)
  }

  private mutating func settle(_ start: Int) {
    var place = start
    while place > 0, heap[place].atMilliseconds < heap[(place - 1) / 2].atMilliseconds {
      swap(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2]
      where child < heap.count && heap[child].atMilliseconds < heap[least].atMilliseconds { least = child }
      guard least != place else { return }
      swap(place, least)
      place = least
    }
  }

  private mutating func swap(_ a: Int, _ b: Int) {
    heap.swapAt(a, b)
    heap[a].node.expiryPlace = a
    heap[b].node.expiryPlace = b
  }
}
