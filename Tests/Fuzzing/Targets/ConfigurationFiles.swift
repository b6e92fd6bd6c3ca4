import Configuration
import Glibc
import YAML

/// Any bytes as one of the three configuration files: each error has its place, and nothing is taken that has one.
enum FuzzTarget {
  /// Where the script that runs this wants its files.
  private static let folder = getenv("FUZZ_FOLDER").map { String(cString: $0) } ?? "."

  private static let standard = [
    "sluice.yaml": """
    listeners: [{name: a, protocol: mqtt, bind: "127.0.0.1:1883"}]
    authentication: {anonymous: true}
    kafka: {bootstrap_servers: ["127.0.0.1:9092"]}

    """,
    "access.yaml": "rules: [{everyone: true, allow: {subscribe: [a]}}]\n",
    "mappings.yaml": "to_kafka: []\n",
  ]

  static func run(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let first = bytes.first else { return }
    let text = Array(bytes.dropFirst())
    let path = ["sluice.yaml", "access.yaml", "mappings.yaml"][Int(first) % 3]
    for error in YAMLDocument(parsing: text, file: path).errors {
      check(!error.description.isEmpty, "an error without words")
    }
    for (name, standard) in standard { write(name, name == path ? text : Array(standard.utf8)) }
    let report = Configuration.load("\(folder)/sluice.yaml") { name in name == "HOME" ? "/home" : nil }
    check((report.configuration == nil) == !report.errors.isEmpty, "errors, and yet a configuration")
    for error in report.errors.map(\.description) + report.warnings.map(\.description) {
      check(error.hasPrefix(folder), "no place: \(error)")
      check(!error.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "control characters: \(error)")
    }
  }

  private static func write(_ name: String, _ bytes: [UInt8]) {
    let descriptor = open("\(folder)/\(name)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    check(descriptor >= 0 && Glibc.write(descriptor, bytes, bytes.count) == bytes.count, "\(name) can't be written")
    close(descriptor)
  }
}
