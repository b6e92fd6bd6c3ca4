import Glibc

/// Folders and what is in them, for the commands that write files.
enum Folders {
  /// Makes a folder and those above it; what is there stays.
  static func make(_ path: String) throws {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += (made.isEmpty || made == "/" ? "" : "/") + part
      if mkdir(made, 0o755) == 0 { continue }
      let reason = errno
      var status = stat()
      let isFolder = stat(made, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      guard isFolder else {
        let why = reason == EEXIST ? "a file has this name" : String(cString: strerror(reason))
        throw Failure("can't make the folder \(made): \(why)")
      }
    }
  }

  /// Whether something has this name, also a link that leads nowhere.
  static func isThere(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }
}
