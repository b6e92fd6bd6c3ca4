import EventLoop
import Glibc
import Testing

@Suite struct SocketEventsTests {
  @Test func `a readable socket is reported once a round`() throws {
    let loop = try EventLoop()
    let pair = try SocketPair()
    let probe = Probe(loop: loop, descriptor: pair.near)
    probe.startReading()
    pair.send()
    #expect(loop.runOnce(waiting: true))
    #expect(probe.reads == 1)
    #expect(loop.runOnce(waiting: false))
    #expect(probe.reads == 2, "unread input is reported again")
    #expect(pair.drain() == 1)
    #expect(loop.runOnce(waiting: false))
    #expect(probe.reads == 2)
    probe.detach()
  }
}

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
