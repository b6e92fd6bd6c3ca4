import BrokerCore
import Glibc
import Synchronization

/// The log of the program: lines on descriptor 2, each with one write call.
///
/// Any thread may write. A write never blocks: when the reader of a pipe stalls, lines are lost, and counted. Lines of
/// one event are limited (`LogRateLimit`), and a line says how many were left out.
final class StructuredLog: Log {
  let level: LogLevel
  private let format: LogLine.Format
  private let state: Mutex<State>

  private struct State {
    var limit: LogRateLimit
    var lost: UInt64 = 0
  }

  /// A log of lines from `level` up.
  init(level: LogLevel, format: LogLine.Format, eventsPerSecondMax: Int = LogRateLimit.eventsPerSecondDefault) {
    self.level = level
    self.format = format
    state = Mutex(State(limit: LogRateLimit(eventsPerSecondMax: eventsPerSecondMax)))
  }

  func write(_ level: LogLevel, _ event: String, _ fields: [(name: String, value: String)]) {
    if level < self.level { return }
    let now = StructuredLog.milliseconds(CLOCK_MONOTONIC)
    let admitted = state.withLock { state in
      (state.limit.admit(event, nowMilliseconds: now), state.limit.omissions(nowMilliseconds: now))
    }
    put(admitted.1)
    if admitted.0 { put(level, event, fields) }
  }

  /// Tells what was left out and has not been told. Call it about each second from a timer, and with `atEnd` before the
  /// program ends.
  func flush(atEnd: Bool = false) {
    let now = StructuredLog.milliseconds(CLOCK_MONOTONIC)
    put(state.withLock { $0.limit.omissions(nowMilliseconds: now, all: atEnd) })
  }

  private func put(_ omissions: [LogRateLimit.Omission]) {
    for omission in omissions {
      put(.warning, "log lines left out", [("of", omission.event), ("count", String(omission.count))])
    }
  }

  private func put(_ level: LogLevel, _ event: String, _ fields: [(name: String, value: String)]) {
    let time = StructuredLog.milliseconds(CLOCK_REALTIME)
    let line = LogLine.encode(format, milliseconds: time, level: level, event: event, fields: fields)
    state.withLock { state in
      if state.lost > 0 {
        let note = LogLine.encode(
          format, milliseconds: time, level: .warning, event: "log lines lost: their reader is too slow",
          fields: [("count", String(state.lost))])
        if StructuredLog.send(note) { state.lost = 0 }
      }
      if !StructuredLog.send(line) { state.lost &+= 1 }
    }
  }

  /// False when the line could not be written without waiting. A pipe that polls writable has room for a whole line
  /// (PIPE_BUF).
  private static func send(_ line: [UInt8]) -> Bool {
    var ask = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
    guard poll(&ask, 1, 0) == 1, Int32(ask.revents) & POLLOUT != 0 else { return false }
    return line.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) } == line.count
  }

  private static func milliseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
