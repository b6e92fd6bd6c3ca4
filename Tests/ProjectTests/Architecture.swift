/// The house in tables: which module may import which. A line here changes only together with ARCHITECTURE.md.
enum Architecture {
  /// An arrow means "may import". What has no line here is no module of the project.
  static let arrows: [String: Set<String>] = [
    // Wrappers: they know nothing of MQTT.
    "EventLoop": [],
    "TLS": [],
    "HTTPServer": ["EventLoop", "TLS"],
    "HTTPClient": [],
    "KafkaClient": [],
    "Database": [],
    "YAML": [],
    // The broker.
    "MQTTCodec": [],
    "BrokerCore": ["MQTTCodec"],
    "Security": ["MQTTCodec", "TLS", "HTTPClient"],
    "Journal": ["BrokerCore", "Database"],
    "KafkaBridge": ["BrokerCore", "KafkaClient", "Journal"],
    "Transport": ["MQTTCodec", "BrokerCore", "Security", "EventLoop", "TLS"],
    "Configuration": ["YAML"],
    // It reads what the broker's modules count.
    "Administration": [
      "HTTPServer", "Configuration", "MQTTCodec", "BrokerCore", "Security", "Journal", "KafkaBridge", "Transport",
    ],
    // The one place where all of it is put together.
    "sluice": [
      "EventLoop", "TLS", "HTTPServer", "HTTPClient", "KafkaClient", "Database", "YAML", "MQTTCodec", "BrokerCore",
      "Security", "Journal", "KafkaBridge", "Transport", "Configuration", "Administration",
    ],
  ]

  /// A C library is wrapped by one module. libevent has two faces: its loops, and its HTTP server.
  static let wrappers: [String: Set<String>] = [
    "CEvent": ["EventLoop", "HTTPServer"],
    "COpenSSL": ["TLS"],
    "CRdKafka": ["KafkaClient"],
    "CYAML": ["YAML"],
    "CCurl": ["HTTPClient"],
    "CSQLite": ["Database"],
    "CArgon2": ["Security"],
  ]

  /// What comes with the toolchain and may be used anywhere.
  static let toolchain: Set<String> = ["Glibc", "Darwin", "Synchronization"]

  /// Foundation is large and slow to start: it stays out of what wraps a library or lies on the data path.
  static let foundation: Set<String> = ["Foundation", "FoundationEssentials"]
  static let modulesWithFoundation: Set<String> = ["Configuration", "Administration", "sluice"]

  /// Why this module may not import that one, or nil when it may.
  static func objection(to imported: String, in module: String) -> String? {
    guard let allowed = arrows[module] else { return "\(module) has no line in the table of arrows" }
    if toolchain.contains(imported) || allowed.contains(imported) { return nil }
    if foundation.contains(imported) {
      return modulesWithFoundation.contains(module) ? nil : "\(module) does without Foundation: use Glibc"
    }
    if let users = wrappers[imported] {
      return users.contains(module) ? nil : "\(imported) is imported by \(users.sorted().joined(separator: ", ")) only"
    }
    return "there is no arrow from \(module) to \(imported)"
  }
}
