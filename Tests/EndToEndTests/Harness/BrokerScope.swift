import Testing

/// One broker for all tests of a suite: started before the first of them, and stopped after the last, which must go
/// well.
struct BrokerScope: SuiteTrait, TestScoping {
  @TaskLocal static var current: SharedBroker?

  let files: @Sendable () async throws -> SluiceFiles

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let files = try await files()
    let sluice = try await SluiceProcess.start(files)
    let broker = SharedBroker(
      sluice: sluice, certificates: files.certificates, plainPort: try await sluice.port(of: "plain"),
      tlsPort: files.certificates == nil ? nil : try await sluice.port(of: "tls"))
    try await Self.$current.withValue(broker) { try await function() }
    #expect(sluice.isRunning, "it ended while tests used it: \(sluice.report)")
    #expect(try await sluice.stop() == .code(0), "\(sluice.report)")
    withExtendedLifetime(files) {}
  }
}

/// The broker that the tests of a suite share.
struct SharedBroker: Sendable {
  let sluice: SluiceProcess
  let certificates: DevelopmentCertificates?
  let plainPort: UInt16
  let tlsPort: UInt16?

  /// The broker of the suite that the running test belongs to.
  static var current: SharedBroker {
    get throws {
      guard let broker = BrokerScope.current else { throw HarnessFailure("the suite has no BrokerScope") }
      return broker
    }
  }
}

extension Trait where Self == BrokerScope {
  /// The tests of this suite share one broker with this configuration.
  static func broker(_ files: @escaping @Sendable () async throws -> SluiceFiles) -> BrokerScope {
    BrokerScope(files: files)
  }
}
