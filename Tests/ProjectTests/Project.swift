import Foundation

/// The project's files, found from where this file was compiled.
enum Project {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static let sources = swiftFiles(below: "Sources")
  static let tests = swiftFiles(below: "Tests")
  static let manifest = SwiftSource(path: "Package.swift", text: text(of: "Package.swift"))

  /// The module that a file below Sources belongs to: Sources/<group>/<module>/..., or Sources/sluice/...
  static func module(of source: SwiftSource) -> String {
    let parts = source.path.split(separator: "/").map(String.init)
    return parts[1] == "sluice" ? "sluice" : parts[2]
  }

  static var modules: [String] { Set(sources.map(module(of:))).sorted() }

  static var cLibraries: [String] { folders(below: "Sources/CLibraries") }

  static func folders(below path: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: path).path)) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }

  static func text(of path: String) -> String {
    (try? String(contentsOf: folder.appending(path: path), encoding: .utf8)) ?? ""
  }

  private static func swiftFiles(below path: String) -> [SwiftSource] {
    let files = FileManager.default.enumerator(atPath: folder.appending(path: path).path)
    return (files?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".swift") }.sorted()
      .map { SwiftSource(path: "\(path)/\($0)", text: text(of: "\(path)/\($0)")) }
  }
}
