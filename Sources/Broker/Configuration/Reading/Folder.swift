/// The folder of a configuration file, on which its relative paths stand.
struct Folder {
  /// Empty, or a path that ends in a slash.
  private let prefix: String

  /// The folder in which a file lies.
  init(of file: String) {
    prefix = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
  }

  /// An absolute path as it is, a relative one put on the folder.
  func path(_ path: String) -> String { path.hasPrefix("/") ? path : prefix + path }
}
