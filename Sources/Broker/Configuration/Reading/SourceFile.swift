import YAML

/// One configuration file on its way from bytes to keys.
struct SourceFile {
  private let path: String
  private let lookup: Lookup
  /// The file's keys, if it has some and could be understood.
  private(set) var section: Section?
  /// The file is well-formed and holds nothing.
  private(set) var isEmpty = false
  /// There is no such file.
  private(set) var isMissing = false

  init(_ path: String, lookup: Lookup) {
    self.path = path
    self.lookup = Lookup(problems: lookup.problems, environment: lookup.environment, folder: Folder(of: path))
  }

  /// Reads the file and reports what is wrong in it; returns why it could not be opened, as the end of a sentence.
  mutating func read() -> String? {
    lookup.problems.willRead(path)
    let bytes: [UInt8]
    do throws(FileReading.Failure) {
      bytes = try FileReading.bytes(of: path, bytesMax: YAMLLimits().bytesMax)
    } catch {
      isMissing = error.isMissing
      return error.reason
    }
    let document = YAMLDocument(parsing: bytes, file: path)
    for error in document.errors { lookup.problems.error(at: SourcePlace(error.place), error.message) }
    if let root = document.root, !Value(node: root, key: "", lookup: lookup).isNull {
      section = Value(node: root, key: "", lookup: lookup).section(called: "the file")
    } else {
      isEmpty = document.errors.isEmpty
    }
    return nil
  }
}
