import Glibc

/// Files that are read whole: certificates and keys.
enum SmallFile {
  /// What a file may hold; the bundle of all public authorities has about 200 KiB.
  static let bytesMax = 4 * 1024 * 1024

  /// A file's bytes, and whether users who are neither its owner nor in its group may read it.
  struct Content {
    let bytes: [UInt8]
    let isReadableByOthers: Bool
  }

  /// Reads the file at `path`; `what` names it to people.
  ///
  /// - Throws: ``TLSError`` of kind `file` when it is not there, not readable, no regular file, empty or too large.
  static func read(_ path: String, what: String) throws(TLSError) -> Content {
    func fail(_ why: String) -> TLSError { TLSError(kind: .file, message: "\(what) \(path): \(why)") }
    guard !path.isEmpty else { throw TLSError(kind: .file, message: "\(what): no file is named") }
    guard !path.utf8.contains(0) else { throw TLSError(kind: .file, message: "\(what): a NUL in the file's name") }
    // Without O_NONBLOCK a named pipe without a writer would hang the caller.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw fail(String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw fail(String(cString: strerror(errno))) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw fail("not a regular file") }
    guard status.st_size <= bytesMax else { throw fail("larger than \(bytesMax) bytes; is it the right file?") }
    var bytes = [UInt8](repeating: 0, count: roomFor(size: Int(status.st_size)))
    var count = 0
    while count < bytes.count {
      let got = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw fail(String(cString: strerror(errno))) }
      if got == 0 { break }
      count += got
    }
    guard count > 0 else { throw fail("the file is empty") }
    bytes.removeLast(bytes.count - count)
    return Content(bytes: bytes, isReadableByOthers: status.st_mode & S_IROTH != 0)
  }

  /// What is read at most of a file that had `size` bytes a moment ago.
  private static func roomFor(size: Int) -> Int { min(size + 4096, bytesMax) }
}
