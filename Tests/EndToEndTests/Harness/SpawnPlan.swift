import Foundation

/// What `posix_spawn` is to do: files in place of the standard descriptors, none of the others, default signals.
struct SpawnPlan {
  private var actions = posix_spawn_file_actions_t()
  private var attributes = posix_spawnattr_t()

  init() {
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    // The test runner may ignore or block signals that a server is stopped with.
    var signals = sigset_t()
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
  }

  mutating func destroy() {
    posix_spawn_file_actions_destroy(&actions)
    posix_spawnattr_destroy(&attributes)
  }

  mutating func redirect(input: String, output: String, errors: String) {
    let create = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, create, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errors, create, 0o600)
    // A socket of another test that stayed open in a child would hide from its peer that it was closed. Closing what is
    // not open does no harm.
    for descriptor in 3..<Self.descriptorsEnd { posix_spawn_file_actions_addclose(&actions, descriptor) }
  }

  mutating func start(_ executable: String, arguments: [String], environment: [String: String]) throws -> pid_t {
    var words: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { (words + variables).forEach { free($0) } }
    var identifier: pid_t = 0
    let result = posix_spawn(&identifier, executable, &actions, &attributes, &words, &variables)
    guard result == 0 else { throw HarnessFailure("cannot start \(executable): \(String(cString: strerror(result)))") }
    return identifier
  }

  /// Above all that are open now, with room for what other threads open meanwhile.
  private static var descriptorsEnd: Int32 {
    let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return (open.compactMap { Int32($0) }.max() ?? 0) + 64
  }
}
