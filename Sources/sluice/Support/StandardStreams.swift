import Glibc

/// The descriptors 0, 1 and 2, on which the log, complaints and output go out.
enum StandardStreams {
  /// Opens those that whoever started the process has closed, on nothing: a socket or file that got such a number would
  /// be written into by every line of the log. Call it before anything is opened.
  static func open() {
    while true {
      // The system gives the least number that is free.
      let descriptor = Glibc.open("/dev/null", O_RDWR)
      if descriptor > STDERR_FILENO {
        close(descriptor)
        return
      }
      if descriptor < 0 { break }
    }
    // Without /dev/null: well if none is missing. There is nobody who could be told.
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 { exit(1) }
  }
}
