// swift-tools-version: 6.2
import PackageDescription

// The whole house is described in ARCHITECTURE.md. There are no package dependencies: what is not ours comes from
// Debian's C libraries, each imported by exactly one wrapper module.

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func cLibrary(_ name: String, pkgConfig: String, apt: String, brew: String) -> Target {
  .systemLibrary(
    name: name, path: "Sources/CLibraries/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt]), .brew([brew])])
}

func module(_ name: String, in group: String, imports: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: imports, path: "Sources/\(group)/\(name)", swiftSettings: strict)
}

func tests(of name: String, imports: [Target.Dependency] = []) -> Target {
  .testTarget(name: "\(name)Tests", dependencies: [.init(stringLiteral: name)] + imports, swiftSettings: strict)
}

let package = Package(
  name: "sluice",
  products: [.executable(name: "sluice", targets: ["sluice"])],
  targets: [
    cLibrary("CEvent", pkgConfig: "libevent_core", apt: "libevent-dev", brew: "libevent"),
    cLibrary("COpenSSL", pkgConfig: "openssl", apt: "libssl-dev", brew: "openssl@3"),
    cLibrary("CRdKafka", pkgConfig: "rdkafka", apt: "librdkafka-dev", brew: "librdkafka"),
    cLibrary("CYAML", pkgConfig: "yaml-0.1", apt: "libyaml-dev", brew: "libyaml"),

    module("EventLoop", in: "Wrappers", imports: ["CEvent"]),
    module("TLS", in: "Wrappers", imports: ["COpenSSL"]),
    module("HTTPServer", in: "Wrappers", imports: ["CEvent", "EventLoop", "TLS"]),
    module("KafkaClient", in: "Wrappers", imports: ["CRdKafka"]),
    module("YAML", in: "Wrappers", imports: ["CYAML"]),

    module("MQTTCodec", in: "Broker"),
    module("BrokerCore", in: "Broker", imports: ["MQTTCodec"]),
    module("Security", in: "Broker", imports: ["MQTTCodec", "TLS"]),
    module("KafkaBridge", in: "Broker", imports: ["BrokerCore", "KafkaClient"]),
    module("Transport", in: "Broker", imports: ["MQTTCodec", "BrokerCore", "Security", "EventLoop", "TLS"]),
    module("Configuration", in: "Broker", imports: ["YAML"]),
    module(
      "Administration", in: "Broker",
      imports: ["HTTPServer", "Configuration", "BrokerCore", "KafkaBridge", "Transport"]),
    .executableTarget(
      name: "sluice",
      dependencies: [
        "Administration", "BrokerCore", "Configuration", "EventLoop", "HTTPServer", "KafkaBridge", "KafkaClient",
        "MQTTCodec", "Security", "TLS",
        "Transport",
      ],
      swiftSettings: strict),

    tests(of: "EventLoop"),
    tests(of: "TLS", imports: ["COpenSSL"]),
    tests(of: "HTTPServer", imports: ["TLS"]),
    tests(of: "KafkaClient"),
    tests(of: "YAML"),
    tests(of: "MQTTCodec"),
    tests(of: "BrokerCore", imports: ["MQTTCodec"]),
    tests(of: "Security", imports: ["MQTTCodec", "TLS"]),
    tests(of: "KafkaBridge", imports: ["BrokerCore", "KafkaClient"]),
    tests(of: "Transport", imports: ["BrokerCore", "EventLoop", "MQTTCodec", "Security", "TLS"]),
    tests(of: "Configuration"),
    tests(of: "Administration", imports: ["BrokerCore", "HTTPServer"]),
    .testTarget(
      name: "EndToEndTests", dependencies: ["sluice"], exclude: ["Scripts", "Programs", "Browser"],
      swiftSettings: strict),
    .testTarget(name: "ProjectTests", swiftSettings: strict),
  ]
)
