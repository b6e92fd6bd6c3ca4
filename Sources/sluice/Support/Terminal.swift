import Glibc

/// What people read: lines to standard output, complaints to standard error. Any thread.
enum Terminal {
  static func print(_ text: String) { write(text, to: STDOUT_FILENO) }

  static func complain(_ text: String) { write(text, to: STDERR_FILENO) }

  private static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array((text + "\n").utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      // Nobody reads: there is no one to tell.
      if written <= 0 { return }
      bytes = bytes.dropFirst(written)
    }
  }
}
