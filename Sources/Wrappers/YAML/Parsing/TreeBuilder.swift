/// Events in, a tree out. Keeps a stack of its own, so that depth in a file is never depth on the thread's stack.
struct TreeBuilder {
  private struct Frame {
    let place: YAMLPlace
    var isRefused: Bool
    var container: Container
    var key = Key.expected
  }

  private enum Container {
    case sequence([YAMLNode])
    case mapping(YAMLMapping)
  }

  /// What a mapping waits for.
  private enum Key {
    /// The next node is a key.
    case expected
    /// The next node is this key's value.
    case taken(String, YAMLPlace)
    /// The next node is the value of a key that was refused: it is dropped.
    case dropped
  }

  private let limits: YAMLLimits
  private let file: String
  private var frames: [Frame] = []
  private var nodes = 0
  private var documents = 0
  private var isSyntaxBroken = false
  private var tree: YAMLNode?
  private(set) var wantsMore = true
  private(set) var errors: [YAMLError] = []

  init(file: String, limits: YAMLLimits) {
    self.file = file
    self.limits = limits
  }

  /// The tree; nil if there was no node, or if reading had to stop.
  var root: YAMLNode? { isSyntaxBroken ? nil : tree }

  /// Ends the reading with an error after which nothing can be understood.
  mutating func stop(_ error: YAMLError) {
    errors.append(error)
    isSyntaxBroken = true
    wantsMore = false
  }

  mutating func take(_ event: ParseEvent) {
    switch event.kind {
    case .other: break
    case .documentStart:
      documents += 1
      if documents > 1 {
        stop(YAMLError(place: event.place, message: "a second document begins here: a file holds one"))
      }
    case .documentEnd: break
    case .streamEnd: wantsMore = false
    case .alias(let name):
      refuse(
        event.place, "aliases (*\(name)) are not supported: write the value out, or quote it if it begins with '*'")
      complete(.init(place: event.place, content: .refused))
    case .scalar(let scalar):
      let isRefused = !mayStand(event)
      guard count(event.place) else { return }
      if scalar.text.utf8.contains(0) {
        refuse(event.place, "a NUL character can't stand in a value")
        complete(.init(place: event.place, content: .refused))
      } else {
        complete(.init(place: event.place, content: isRefused ? .refused : .scalar(scalar)))
      }
    case .sequenceStart: open(.sequence([]), event)
    case .mappingStart: open(.mapping(YAMLMapping()), event)
    case .collectionEnd: close()
    }
  }

  private mutating func open(_ container: Container, _ event: ParseEvent) {
    let isRefused = !mayStand(event)
    guard count(event.place) else { return }
    guard frames.count < limits.depthMax else {
      return stop(
        YAMLError(place: event.place, message: "lists and mappings are nested deeper than \(limits.depthMax) levels"))
    }
    frames.append(Frame(place: event.place, isRefused: isRefused, container: container))
  }

  private mutating func close() {
    guard let frame = frames.popLast() else { return }
    if frame.isRefused { return complete(.init(place: frame.place, content: .refused)) }
    switch frame.container {
    case .sequence(let items): complete(.init(place: frame.place, content: .sequence(items)))
    case .mapping(let mapping): complete(.init(place: frame.place, content: .mapping(mapping)))
    }
  }

  /// Puts a finished node where it belongs.
  private mutating func complete(_ node: YAMLNode) {
    guard var frame = frames.popLast() else {
      tree = node
      return
    }
    switch frame.container {
    case .sequence(var items):
      frame.container = .sequence([])  // so that `items` is the only reference and is not copied
      items.append(node)
      frame.container = .sequence(items)
    case .mapping(var mapping):
      frame.container = .sequence([])
      switch frame.key {
      case .expected: frame.key = key(from: node, in: mapping)
      case .taken(let key, let place):
        mapping.append(.init(key: key, keyPlace: place, value: node))
        frame.key = .expected
      case .dropped: frame.key = .expected
      }
      frame.container = .mapping(mapping)
    }
    frames.append(frame)
  }

  private mutating func key(from node: YAMLNode, in mapping: YAMLMapping) -> Key {
    switch node.content {
    case .refused: return .dropped
    case .sequence, .mapping:
      refuse(node.place, "a key must be a text: quote it if it begins with '{' or '['")
      return .dropped
    case .scalar(let scalar):
      if scalar.text == "<<", scalar.style == .plain {
        refuse(node.place, "merge keys (<<) are not supported: write the keys out")
      } else if scalar.text.isEmpty {
        refuse(node.place, "a key is empty: a name must stand before the ':'")
      } else if let first = mapping[scalar.text] {
        refuse(node.place, "duplicate key \(YAMLError.quoted(scalar.text)): it was first given at \(first.keyPlace)")
      } else {
        return .taken(scalar.text, node.place)
      }
      return .dropped
    }
  }

  /// Reports an anchor or a tag. A value behind one is not used.
  private mutating func mayStand(_ event: ParseEvent) -> Bool {
    if event.isAnchored {
      refuse(
        event.place, "anchors (&name) are not supported: remove it, or quote a value that begins with '&'"
      )
    }
    if event.isTagged {
      refuse(
        event.place, "tags (!name) are not supported: remove it, or quote a value that begins with '!'")
    }
    return !event.isAnchored && !event.isTagged
  }

  private mutating func count(_ place: YAMLPlace) -> Bool {
    nodes += 1
    guard nodes > limits.nodesMax else { return wantsMore }
    stop(YAMLError(place: place, message: "the file holds more than \(limits.nodesMax) keys and values"))
    return false
  }

  private mutating func refuse(_ place: YAMLPlace, _ message: String) {
    guard wantsMore else { return }
    if errors.count + 1 < limits.errorsMax {
      errors.append(YAMLError(place: place, message: message))
    } else {
      stop(YAMLError(place: place, message: message + " (too many errors: the rest of the file was not read)"))
    }
  }
}
