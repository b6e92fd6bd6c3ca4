import Testing

/// More retained messages than any buffer holds, with clients made by hand.
@Suite(
  .serialized,
  .broker { SluiceFiles(isAnonymousAllowed: true, access: SluiceFiles.openAccess) })
struct RetainedMessageTests {
  @Test(arguments: [("all_come", 0), ("many_topics", 50_000)])
  func `all that a filter matches comes, in its order`(scene: String, count: Int) async throws {
    let port = try await SharedBroker.current.sluice.port(of: "plain")
    try await Script.retained.run(scene, ["--port", "\(port)", "--count", "\(count)"])
  }
}
