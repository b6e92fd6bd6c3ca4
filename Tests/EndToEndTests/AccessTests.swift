import Testing

/// What access.yaml allows and denies, with clients that prove who they are by a password.
@Suite(
  .serialized,
  .broker {
    let folder = try TemporaryFolder()
    for user in ["reader", "writer", "watcher", "nobody"] {
      try await Passwords.set(user, "\(user)'s words", in: folder.file("passwords"))
    }
    return SluiceFiles(
      authentication: ["password_file: \(folder.file("passwords"))"],
      access: """
        rules:
          - user: reader
            allow: { subscribe: ["all/#"] }
            deny: { subscribe: ["all/secret/#"] }
          - user: writer
            allow: { publish: ["all/#", "by/client/{client}/#", "by/user/{user}/#"] }
          - user: watcher
            allow: { subscribe: ["by/#"] }

        """,
      kept: [folder])
  })
struct AccessTests {
  @Test(arguments: [4, 5])
  func `what is denied below an allowed filter is not delivered`(version: Int) async throws {
    try await run("deny_below_an_allowed_filter", version)
  }

  @Test(arguments: [4, 5])
  func `placeholders stand for one's own names, taken literally`(version: Int) async throws {
    try await run("placeholders", version)
  }

  @Test(arguments: [4, 5])
  func `a will on a forbidden topic is refused with its connection`(version: Int) async throws {
    try await run("forbidden_will", version)
  }

  @Test(arguments: [4, 5])
  func `another user cannot take a client identifier over`(version: Int) async throws {
    try await run("stolen_identifier", version)
  }

  @Test
  func `what no rule names is denied`() async throws {
    let port = try SharedBroker.current.plainPort
    let nobody = ["-h", "127.0.0.1", "-p", "\(port)", "-V", "5", "-u", "nobody", "-P", "nobody's words"]
    let published = try await Tool.mosquittoPub.run(nobody + ["-i", "a", "-q", "1", "-t", "all/x", "-m", "x"])
    #expect((published.output + published.errors).contains("Not authorized"), "\(published)")
    let subscribed = try await Tool.mosquittoSub.run(nobody + ["-i", "b", "-t", "all/x", "-W", "5"])
    #expect(subscribed.errors.contains("denied"), "\(subscribed)")
  }

  @Test
  func `without rules everything is denied, also to anonymous clients that are let in`() async throws {
    let sluice = try await SluiceProcess.start(SluiceFiles(isAnonymousAllowed: true))
    #expect(sluice.log.contains("no rule grants anything"), "\(sluice.log)")
    let port = try await sluice.port(of: "plain")
    let client = ["-h", "127.0.0.1", "-p", "\(port)", "-V", "5", "-i", "a", "-q", "1", "-t", "x"]
    let outcome = try await Tool.mosquittoPub.run(client + ["-m", "x"])
    #expect((outcome.output + outcome.errors).contains("Not authorized"), "\(outcome)")
    let subscribed = try await Tool.mosquittoSub.run(client + ["-W", "5"])
    #expect(subscribed.errors.contains("denied"), "\(subscribed)")
    // The log says who was denied what.
    try await sluice.waitForLog(#"publish denied client=a user="" certificate="" topic=x"#)
    try await sluice.waitForLog(#"subscription refused client=a user="" certificate="" topic=x reason="#)
    #expect(try await sluice.stop() == .code(0))
  }

  private func run(_ scene: String, _ version: Int) async throws {
    try await Script.scenes.run(scene, ["--port", "\(SharedBroker.current.plainPort)", "--version", "\(version)"])
  }
}
