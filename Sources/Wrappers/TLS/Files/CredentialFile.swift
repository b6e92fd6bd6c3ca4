import Glibc

/// Writes keys and certificates.
public enum CredentialFile {
  /// Replaces the file at `path`, so that at no moment, also if the machine stops, is there less than a whole file, and
  /// at no moment can others read a secret: its mode is 0600, else 0644 (both whatever the umask is).
  ///
  /// - Throws: ``TLSError`` of kind `file`; the old file is as it was then.
  public static func write(_ bytes: [UInt8], to path: String, isSecret: Bool) throws(TLSError) {
    func fail(_ step: String) -> TLSError {
      TLSError(kind: .file, message: "\(path) cannot be written: \(step): \(String(cString: strerror(errno)))")
    }
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw TLSError(kind: .file, message: "a file cannot be written: its name is empty or holds a NUL")
    }
    // In the same folder, since a rename does not cross file systems; mkstemp makes it with mode 0600.
    var name = Array("\(path).XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    guard descriptor >= 0 else { throw fail("no new file in its folder") }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    var failure: TLSError?
    if !writeAll(bytes, to: descriptor) {
      failure = fail("write")
    } else if !isSecret, fchmod(descriptor, 0o644) != 0 {
      failure = fail("chmod")
    } else if fsync(descriptor) != 0 {
      failure = fail("fsync")
    }
    if close(descriptor) != 0, failure == nil { failure = fail("close") }
    if failure == nil, rename(name, path) != 0 { failure = fail("rename") }
    if let failure {
      unlink(name)
      throw failure
    }
    syncFolder(of: path)
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let wrote = Glibc.write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
        if wrote < 0, errno == EINTR { continue }
        if wrote <= 0 { return false }
        done += wrote
      }
      return true
    }
  }

  /// Makes the rename durable, where the file system can.
  private static func syncFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
