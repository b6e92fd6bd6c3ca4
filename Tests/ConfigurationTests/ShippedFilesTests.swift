import Configuration
import Testing

/// The files in `config/` are what people begin with.
@Suite struct ShippedFilesTests {
  /// The project's folder.
  private static let project = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/"

  @Test(arguments: ["config/sluice.yaml", "config/development/sluice.yaml", "config/interoperability/sluice.yaml"])
  func `every shipped configuration is free of errors and warnings`(path: String) {
    let report = Configuration.load(Self.project + path, environment: { _ in nil })
    #expect(report.errors.map(\.description) == [])
    #expect(report.warnings.map(\.description) == [])
    #expect(report.configuration != nil)
  }

  @Test func `the default is TLS on every address, with nobody let in unnamed`() throws {
    let configuration = try #require(Configuration.load(Self.project + "config/sluice.yaml").configuration)
    #expect(configuration.listeners.map(\.wireProtocol) == [.mqtts])
    #expect(configuration.listeners.map(\.bind.value.description) == ["0.0.0.0:8883"])
    #expect(configuration.listeners[0].tls?.clientCertificates == .optional)
    #expect(!configuration.authentication.anonymous)
    #expect(configuration.limits == LimitsConfiguration())
    guard case .external(let servers) = configuration.kafka?.cluster else { return #expect(Bool(false), "embedded") }
    #expect(servers.map(\.value) == ["127.0.0.1:9092"])
  }

  @Test func `the configuration for the interoperability suites is on this machine only, and refuses what they want`()
    throws
  {
    let path = Self.project + "config/interoperability/sluice.yaml"
    let configuration = try #require(Configuration.load(path).configuration)
    #expect(configuration.listeners.map(\.bind.value.description) == ["127.0.0.1:1883", "127.0.0.1:8080"])
    #expect(configuration.listeners.map(\.wireProtocol) == [.mqtt, .ws])
    #expect(configuration.authentication.anonymous && configuration.kafka == nil)
    #expect(configuration.access.rules.flatMap(\.value.deny.subscribe).map(\.value) == ["test/nosubscribe"])
  }

  @Test func `development is on this machine only, and makes the topics that its mappings use`() throws {
    let configuration = try #require(Configuration.load(Self.project + "config/development/sluice.yaml").configuration)
    #expect(configuration.listeners.map(\.bind.value.description) == ["127.0.0.1:8883"])
    let tls = try #require(configuration.listeners[0].tls)
    #expect(tls.clientCertificates == .required)
    #expect(tls.certificate.value == Self.project + "config/development/../../var/certs/server.crt")
    guard case .embedded(let topics) = configuration.kafka?.cluster else { return #expect(Bool(false), "external") }
    let used = configuration.mappings.toKafka.map(\.topic.value) + configuration.mappings.fromKafka.map(\.topic.value)
    #expect(topics.map(\.name.value) == used)
  }
}
