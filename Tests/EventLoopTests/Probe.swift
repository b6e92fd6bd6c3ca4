import EventLoop

/// Counts its callbacks, and does what a test wants in them.
final class Probe: SocketEvents {
  var reads = 0
  var writes = 0
  var onRead: ((Probe) -> Void)?
  var onWrite: ((Probe) -> Void)?
  var onDeinit: (() -> Void)?

  final override func readable() {
    reads += 1
    onRead?(self)
  }

  final override func writable() {
    writes += 1
    onWrite?(self)
  }

  deinit { onDeinit?() }
}
