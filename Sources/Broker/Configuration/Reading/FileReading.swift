import Glibc

/// Reads small files whole.
enum FileReading {
  /// Why a file could not be read, as the end of a sentence that begins with its name.
  struct Failure: Error {
    let reason: String
    let isMissing: Bool
  }

  /// All bytes of a regular file of at most `bytesMax` bytes. Never waits: a pipe or a device is refused.
  static func bytes(of path: String, bytesMax: Int) throws(Failure) -> [UInt8] {
    guard !path.utf8.contains(0) else { throw Failure(reason: "has a NUL in its name", isMissing: false) }
    // O_NONBLOCK: opening a named pipe would wait for its writer otherwise.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure(errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let kind = status.st_mode & S_IFMT == S_IFDIR ? "is a folder" : "is not a regular file"
      throw Failure(reason: kind, isMissing: false)
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw failure(errno)
      }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
      guard bytes.count <= bytesMax else { throw Failure(reason: "is larger than \(bytesMax) bytes", isMissing: false) }
    }
  }

  private static func failure(_ code: CInt) -> Failure {
    switch code {
    case ENOENT, ENOTDIR: Failure(reason: "does not exist", isMissing: true)
    case EACCES: Failure(reason: "can't be read: permission denied", isMissing: false)
    default: Failure(reason: "can't be read: \(String(cString: strerror(code)))", isMissing: false)
    }
  }
}
