import EventLoop
import Glibc
import Synchronization
import Testing

@Suite struct WakeUpTests {
  @Test func `a signal of another thread wakes the loop`() throws {
    let loop = try EventLoop()
    var calls = 0
    let wakeUp = try WakeUp(loop: loop) { calls += 1 }
    let thread = try OtherThread { wakeUp.signal() }
    #expect(loop.runOnce(waiting: true))
    thread.join()
    #expect(calls == 1)
    #expect(loop.runOnce(waiting: false))
    #expect(calls == 1)
  }

  @Test func `many signals before a round are one callback`() throws {
    let loop = try EventLoop()
    var calls = 0
    let wakeUp = try WakeUp(loop: loop) { calls += 1 }
    for _ in 0..<1000 { wakeUp.signal() }
    #expect(loop.runOnce(waiting: true))
    #expect(calls == 1)
    wakeUp.signal()
    #expect(loop.runOnce(waiting: true))
    #expect(calls == 2, "a signal that comes later is not lost")
  }

  @Test func `what was written before each of many signals is seen`() throws {
    let loop = try EventLoop()
    let written = Counter()
    var seen = 0
    let wakeUp = try WakeUp(loop: loop) { seen = written.value.load(ordering: .acquiring) }
    let count = 20_000
    let thread = try OtherThread {
      for _ in 0..<count {
        written.value.add(1, ordering: .releasing)
        wakeUp.signal()
      }
    }
    while seen < count { try #require(loop.runOnce(waiting: true)) }
    thread.join()
    #expect(seen == count)
  }

  @Test func `a signal to a loop that is gone does nothing`() throws {
    var loop: EventLoop? = try EventLoop()
    let wakeUp = try WakeUp(loop: try #require(loop)) {}
    loop = nil
    wakeUp.signal()
    #expect(loop == nil)
  }
}

private final class Counter: Sendable {
  let value = Atomic<Int>(0)
}
