import Glibc

extension PasswordFile {
  /// Reads a password file. Throws when it is missing, no regular file, too large, no UTF-8, or has a bad line: whoever
  /// starts with it must not start then.
  public static func load(path: String) throws(PasswordFileError) -> PasswordFile {
    try load(path: path, hashing: TLSPasswordHashing())
  }

  static func load(path: String, hashing: some PasswordHashing) throws(PasswordFileError) -> PasswordFile {
    // O_NONBLOCK: opening a pipe must not wait for its writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw PasswordFileError(path, "cannot be read: \(errorText(errno))") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw PasswordFileError(path, "cannot be read: \(errorText(errno))") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw PasswordFileError(path, "is not a regular file") }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw PasswordFileError(path, "cannot be read: \(errorText(errno))") }
      if count == 0 { break }
      bytes.append(contentsOf: chunk[..<count])
      guard bytes.count <= bytesMax else {
        throw PasswordFileError(path, "is larger than \(bytesMax) bytes: this is no password file")
      }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw PasswordFileError(path, "is not UTF-8 text")
    }
    var file = try PasswordFile(text: text, path: path, hashing: hashing)
    file.isReadableByOthers = status.st_mode & S_IROTH != 0
    return file
  }

  /// Writes the file so that a reader sees the old one or the new one, never half of it: into a new file beside it with
  /// mode 0600, synced, then renamed. An existing file's owner is kept where this process may do so. A symbolic link
  /// stays, and the file to which it points is replaced.
  public func write() throws(PasswordFileError) {
    let target = Self.resolved(path)
    let temporary = "\(target).new.\(getpid())"
    // Left over from a process of the same number that was killed while it wrote.
    unlink(temporary)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw PasswordFileError(path, "cannot be written: \(temporary): \(errorText(errno))")
    }
    var failure = writeText(to: descriptor, keepingOwnerOf: target)
    if close(descriptor) != 0, failure == nil { failure = errno }
    if failure == nil, rename(temporary, target) != 0 { failure = errno }
    if let failure {
      unlink(temporary)
      throw PasswordFileError(path, "cannot be written: \(errorText(failure))")
    }
    syncDirectory(of: target)
  }

  /// Returns the number of the error, or nil.
  private func writeText(to descriptor: Int32, keepingOwnerOf target: String) -> Int32? {
    guard fchmod(descriptor, 0o600) == 0 else { return errno }
    var status = stat()
    if stat(target, &status) == 0, status.st_uid != geteuid() || status.st_gid != getegid() {
      // Only the superuser may give files away; for others the new file is their own.
      _ = fchown(descriptor, status.st_uid, status.st_gid)
    }
    let bytes = lines.flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count < 0 ? errno : EIO }
      written += count
    }
    return fsync(descriptor) == 0 ? nil : errno
  }

  /// Makes the rename durable; where a file system can't, the file itself is whole all the same.
  private func syncDirectory(of target: String) {
    let parent = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "."
    let descriptor = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    _ = fsync(descriptor)
    close(descriptor)
  }

  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }
}

/// The system's words for an error number.
private func errorText(_ number: Int32) -> String {
  var buffer = [CChar](repeating: 0, count: 256)
  guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
  return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
