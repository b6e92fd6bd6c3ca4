import Glibc

/// A program that is run and waited for, or ended: the real clients of the demonstration.
struct ChildProcess {
  private let id: pid_t
  private let output: Int32

  /// Starts a program that is found on the path; what it prints, on either stream, is collected. Throws when there is
  /// none.
  init(_ words: [String], input: String? = nil) throws {
    var ends: [Int32] = [0, 0]
    var inputEnds: [Int32] = [0, 0]
    guard pipe(&ends) == 0, pipe(&inputEnds) == 0 else {
      throw Failure("no pipe: \(String(cString: strerror(errno)))")
    }
    // The child has its own ends as its standard streams; no other of them may stay open in it.
    for end in ends + inputEnds { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, inputEnds[0], 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    SignalDispositions.restore(in: &attributes)
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var id = pid_t()
    let result = posix_spawnp(&id, words[0], &actions, &attributes, &arguments, environ)
    close(ends[1])
    close(inputEnds[0])
    if let input {
      let bytes = Array(input.utf8)
      _ = write(inputEnds[1], bytes, bytes.count)
    }
    close(inputEnds[1])
    guard result == 0 else {
      close(ends[0])
      throw Failure("can't run \(words[0]): \(String(cString: strerror(result))); install it (make packages)")
    }
    self.id = id
    output = ends[0]
  }

  /// How often it is asked whether to go on waiting.
  private static let lookMilliseconds: Int64 = 200

  /// Waits for its end, at most so long and until `isStopping`, and returns what it printed. Throws when it failed,
  /// took too long, or is not to be waited for any more.
  func wait(timeoutSeconds: Int, isStopping: () -> Bool) throws -> String {
    let deadline = Clock.monotonicMilliseconds() + Int64(timeoutSeconds) * 1000
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      var descriptor = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      let left = deadline - Clock.monotonicMilliseconds()
      // A signal that means nothing here ends the poll, too, and the next one goes on.
      let ready = left > 0 ? poll(&descriptor, 1, Int32(min(left, Self.lookMilliseconds))) : 0
      if isStopping() {
        end()
        throw Failure("it was told to stop")
      }
      guard ready > 0 else {
        if left > 0 { continue }
        end()
        throw Failure("no end within \(timeoutSeconds) s; it printed: \(String(decoding: text, as: UTF8.self))")
      }
      let got = read(output, &chunk, chunk.count)
      if got < 0, errno == EINTR { continue }
      if got <= 0 { break }
      text += chunk[..<got]
    }
    close(output)
    var status: Int32 = 0
    waitpid(id, &status, 0)
    let words = String(decoding: text, as: UTF8.self)
    guard status == 0 else { throw Failure("it failed with status \(status >> 8 & 0xFF): \(words)") }
    return words
  }

  private func end() {
    kill(id, SIGKILL)
    var status: Int32 = 0
    waitpid(id, &status, 0)
    close(output)
  }
}

/// Something went wrong, in words for a person.
struct Failure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// The system's clocks.
enum Clock {
  static func monotonicMilliseconds() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
  }

  static func unixSeconds() -> Int64 { Int64(time(nil)) }
}
