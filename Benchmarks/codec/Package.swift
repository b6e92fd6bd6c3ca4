// swift-tools-version: 6.2
import PackageDescription

// MQTTCodec is the product's own folder, built as the product is: optimized, with its checks on.
let package = Package(
  name: "codec",
  targets: [
    .target(
      name: "MQTTCodec",
      swiftSettings: [
        .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("MemberImportVisibility"),
      ]),
    .executableTarget(name: "codec", dependencies: ["MQTTCodec"]),
  ]
)
