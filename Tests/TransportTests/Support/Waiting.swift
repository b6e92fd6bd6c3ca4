import Glibc
import Testing

/// Waits until something holds; fails after some seconds.
func wait(_ what: String, seconds: Int = 60, until condition: () throws -> Bool) throws {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while try !condition() {
    try #require(ContinuousClock.now < deadline, "not within \(seconds) s: \(what)")
    usleep(2000)
  }
}

/// What the process has open.
func openDescriptors() -> Int { entries(of: "/proc/self/fd") }

/// The threads of the process whose names begin so.
func threads(named prefix: String) -> Int {
  names(in: "/proc/self/task").count { task in
    guard let file = fopen("/proc/self/task/\(task)/comm", "r") else { return false }
    defer { fclose(file) }
    var name = [CChar](repeating: 0, count: 64)
    guard fgets(&name, 64, file) != nil else { return false }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).hasPrefix(prefix)
  }
}

private func entries(of folder: String) -> Int { names(in: folder).count }

private func names(in folder: String) -> [String] {
  guard let directory = opendir(folder) else { return [] }
  defer { closedir(directory) }
  var names: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names
}

/// Bytes of the process in memory.
func residentBytes() -> Int {
  guard let file = fopen("/proc/self/statm", "r") else { return 0 }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 128)
  guard fgets(&line, 128, file) != nil else { return 0 }
  let words = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).split(
    separator: " ")
  return (Int(words[1]) ?? 0) * 4096
}
