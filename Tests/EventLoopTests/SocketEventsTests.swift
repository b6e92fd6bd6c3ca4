import EventLoop
import Glibc
import Testing

@Suite struct SocketEventsTests {
  @Test func `a readable socket is reported once a round until its input is read`() throws {
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

  @Test func `a loop with nothing registered cannot go on`() throws {
    let loop = try EventLoop()
    #expect(!loop.runOnce(waiting: true))
  }

  @Test func `a callback cannot run a round of its own loop`() throws {
    let loop = try EventLoop()
    let pair = try SocketPair()
    let probe = Probe(loop: loop, descriptor: pair.near)
    var inner: Bool?
    probe.onRead = { _ in inner = loop.runOnce(waiting: false) }
    probe.startReading()
    pair.send()
    #expect(loop.runOnce(waiting: true))
    #expect(inner == false)
    #expect(probe.reads == 1)
    probe.detach()
  }

  @Test func `reading stops and starts again`() throws {
    let loop = try EventLoop()
    let pair = try SocketPair()
    let probe = Probe(loop: loop, descriptor: pair.near)
    probe.startReading()
    probe.stopReading()
    probe.startWriting()
    pair.send()
    #expect(loop.runOnce(waiting: true))
    #expect(probe.reads == 0)
    #expect(probe.writes == 1)
    probe.stopWriting()
    probe.startReading()
    #expect(loop.runOnce(waiting: true))
    #expect(probe.reads == 1)
    #expect(probe.writes == 1)
    probe.detach()
  }

  @Test func `writing is reported only once there is room`() throws {
    let loop = try EventLoop()
    let pair = try SocketPair()
    let probe = Probe(loop: loop, descriptor: pair.near)
    let block = [UInt8](repeating: 0, count: 65536)
    while write(pair.near, block, block.count) > 0 {}
    probe.startWriting()
    #expect(loop.runOnce(waiting: false))
    #expect(probe.writes == 0)
    var sink = block
    while read(pair.far, &sink, sink.count) > 0 {}
    #expect(loop.runOnce(waiting: true))
    #expect(probe.writes == 1)
    probe.detach()
  }

  @Test func `a handler may drop its last reference in its own callback`() throws {
    let loop = try EventLoop()
    let pair = try SocketPair()
    var freed = false
    var freedInside: Bool?
    var owner: [Probe] = [Probe(loop: loop, descriptor: pair.near)]
    owner[0].onDeinit = { freed = true }
    owner[0].onRead = { probe in
      probe.detach()
      owner.removeAll()
      freedInside = freed
    }
    owner[0].startReading()
    owner[0].startWriting()
    pair.send()
    #expect(loop.runOnce(waiting: true))
    #expect(freedInside == false)
    #expect(freed, "it goes at the end of the round")
  }

  @Test func `a handler that another one detached in the same round is not called`() throws {
    let loop = try EventLoop()
    let pairs = try (0..<2).map { _ in try SocketPair() }
    var freed = 0
    var probes = pairs.map { Probe(loop: loop, descriptor: $0.near) }
    for probe in probes {
      probe.onDeinit = { freed += 1 }
      probe.onRead = { _ in
        for each in probes { each.detach() }
        probes.removeAll()
      }
      probe.startReading()
    }
    for pair in pairs { pair.send() }
    #expect(loop.runOnce(waiting: true))
    #expect(freed == 2)
    #expect(!loop.runOnce(waiting: false), "nothing is registered any more")
  }

  @Test func `what is detached between rounds is freed at once and cannot be started again`() throws {
    let loop = try EventLoop()
    let pair = try SocketPair()
    var freed = false
    var probe: Probe? = Probe(loop: loop, descriptor: pair.near)
    probe?.onDeinit = { freed = true }
    probe?.startReading()
    probe?.detach()
    probe?.detach()
    probe?.startReading()
    probe?.startWriting()
    pair.send()
    #expect(!loop.runOnce(waiting: false))
    probe = nil
    #expect(freed)
  }

  @Test func `the loop holds what it watches`() throws {
    let loop = try EventLoop()
    let pair = try SocketPair()
    var reads = 0
    do {
      let probe = Probe(loop: loop, descriptor: pair.near)
      probe.onRead = { probe in
        reads += 1
        probe.detach()
      }
      probe.startReading()
    }
    pair.send()
    #expect(loop.runOnce(waiting: true))
    #expect(reads == 1)
  }

  @Test func `a descriptor number that is reused in one round is watched for its new owner`() throws {
    let loop = try EventLoop()
    var ends: [Int32] = [-1, -1]
    #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    let spare = try SocketPair()
    let old = Probe(loop: loop, descriptor: ends[0])
    old.startReading()
    #expect(loop.runOnce(waiting: false))
    old.detach()
    close(ends[0])
    #expect(dup2(spare.near, ends[0]) == ends[0])
    let new = Probe(loop: loop, descriptor: ends[0])
    new.startReading()
    spare.send()
    #expect(loop.runOnce(waiting: true))
    #expect(new.reads == 1)
    #expect(old.reads == 0)
    new.detach()
    close(ends[0])
    close(ends[1])
  }

  @Test func `the end of the other side is readable`() throws {
    let loop = try EventLoop()
    var ends: [Int32] = [-1, -1]
    #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    let probe = Probe(loop: loop, descriptor: ends[0])
    probe.startReading()
    close(ends[1])
    #expect(loop.runOnce(waiting: true))
    #expect(probe.reads == 1)
    probe.detach()
    close(ends[0])
  }
}
