import EventLoop
import Glibc
import Testing

@Suite(.serialized) struct SignalEventsTests {
  @Test(arguments: ProcessSignal.allCases)
  func `a signal of the process becomes a callback`(signal: ProcessSignal) throws {
    let loop = try EventLoop()
    var seen: [ProcessSignal] = []
    let signals = try SignalEvents(loop: loop, signals: Set(ProcessSignal.allCases)) { seen.append($0) }
    #expect(kill(getpid(), signal.number) == 0)
    while seen.isEmpty { try #require(loop.runOnce(waiting: true)) }
    #expect(seen == [signal])
    withExtendedLifetime(signals) {}
  }

  @Test func `a signal may release its own registration`() throws {
    let loop = try EventLoop()
    var signals: SignalEvents?
    var count = 0
    signals = try SignalEvents(loop: loop, signals: [.hangUp]) { _ in
      signals = nil
      count += 1
    }
    #expect(signals != nil)
    #expect(kill(getpid(), SIGHUP) == 0)
    while count == 0 { try #require(loop.runOnce(waiting: true)) }
    #expect(count == 1)
  }
}
