import EventLoop
import Glibc

/// Which signals may end the process: those that ask it to stop (SIGINT, SIGTERM), those that want a picture of it
/// (SIGQUIT, SIGABRT), and faults. All others, whose default is an end without a word, are ignored.
enum SignalDispositions {
  /// SIGPIPE: a peer or reader that is gone is an error of a write. SIGXFSZ and SIGXCPU: so is a file at its limit, and
  /// processor time has a hard limit beside this one. The rest means nothing to a server.
  private static let ignored = [
    SIGHUP, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGSTKFLT, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGXFSZ, SIGXCPU,
  ]

  /// Ignores them, and lets all others through: whoever started the process may have blocked some, and with SIGTERM
  /// among them it could not be stopped. Call it first, before there are threads.
  static func protect() {
    for number in ignored { signal(number, SIG_IGN) }
    for number in __libc_current_sigrtmin()...__libc_current_sigrtmax() { signal(number, SIG_IGN) }
    var none = sigset_t()
    sigemptyset(&none)
    sigprocmask(SIG_SETMASK, &none, nil)
  }

  /// Runs `body` with the signals that are handled blocked, so that the threads which it starts never take one: a call
  /// that is interrupted in a library's thread may end that thread, as it does in librdkafka's embedded cluster. What
  /// comes meanwhile is handled afterwards, by this thread.
  static func whileBlocked(_ body: () throws -> Void) rethrows {
    var handled = sigset_t()
    sigemptyset(&handled)
    for signal in ProcessSignal.allCases { sigaddset(&handled, signal.number) }
    var before = sigset_t()
    pthread_sigmask(SIG_BLOCK, &handled, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try body()
  }

  /// Gives a program that is started from here the dispositions that programs expect.
  static func restore(in attributes: inout posix_spawnattr_t) {
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
  }
}
