import EventLoop
import Testing

@Suite struct TimerTests {
  @Test func `a one-shot timer fires once, not before it is due`() throws {
    let loop = try EventLoop()
    var fired: [Int64] = []
    let timer = Timer(loop: loop) { fired.append(loop.nowMilliseconds()) }
    let start = loop.nowMilliseconds()
    timer.start(milliseconds: 30)
    #expect(timer.isRunning)
    #expect(loop.runOnce(waiting: true))
    #expect(fired.count == 1)
    #expect((fired.first ?? 0) >= start + 30)
    #expect(!timer.isRunning)
    #expect(!loop.runOnce(waiting: false))
  }

  @Test func `a repeating timer fires until its handler stops it`() throws {
    let loop = try EventLoop()
    var count = 0
    var timer: Timer?
    timer = Timer(loop: loop, repeating: true) {
      count += 1
      if count == 3 { timer?.stop() }
    }
    timer?.start(milliseconds: 1)
    while loop.runOnce(waiting: true) {}
    #expect(count == 3)
    timer = nil
  }

  @Test func `a timer may be released in its own handler`() throws {
    let loop = try EventLoop()
    var count = 0
    var timer: Timer?
    timer = Timer(loop: loop, repeating: true) {
      timer = nil
      count += 1
    }
    timer?.start(milliseconds: 0)
    while loop.runOnce(waiting: true) {}
    #expect(count == 1)
  }

  @Test func `starting a running timer moves it`() throws {
    let loop = try EventLoop()
    var order: [String] = []
    let late = Timer(loop: loop) { order.append("moved") }
    let early = Timer(loop: loop) { order.append("early") }
    late.start(milliseconds: 0)
    late.start(milliseconds: 40)
    early.start(milliseconds: 10)
    while loop.runOnce(waiting: true) {}
    #expect(order == ["early", "moved"])
  }

  @Test func `no interval overflows`() throws {
    let loop = try EventLoop()
    var fired = false
    let timer = Timer(loop: loop) { fired = true }
    timer.start(milliseconds: .max)
    #expect(loop.runOnce(waiting: false))
    #expect(!fired)
    timer.start(milliseconds: .min)
    #expect(loop.runOnce(waiting: true))
    #expect(fired)
  }

  @Test func `a timer may start itself again in its handler`() throws {
    let loop = try EventLoop()
    var count = 0
    var timer: Timer?
    timer = Timer(loop: loop) {
      count += 1
      if count < 4 { timer?.start(milliseconds: 1) }
    }
    timer?.start(milliseconds: 1)
    while loop.runOnce(waiting: true) {}
    #expect(count == 4)
    timer = nil
  }
}
