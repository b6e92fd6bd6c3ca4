import Testing

struct ArchitectureTests {
  @Test(arguments: Project.sources)
  func `a module imports only what its arrows allow`(source: SwiftSource) {
    let module = Project.module(of: source)
    let objections = source.imports.compactMap { Architecture.objection(to: $0, in: module) }
    #expect(objections.isEmpty, "\(source.path)")
  }

  @Test
  func `every folder of the sources is a module of the design`() {
    #expect(!Project.modules.isEmpty)
    #expect(Project.modules.filter { Architecture.arrows[$0] == nil } == [])
    #expect(Project.cLibraries.filter { Architecture.wrappers[$0] == nil } == [])
  }

  @Test(arguments: Project.cLibraries)
  func `a C library is imported by its wrapper and nobody else`(library: String) {
    let importers = Project.sources.filter { $0.imports.contains(library) }.map(Project.module(of:))
    #expect(Set(importers) == Architecture.wrappers[library])
  }

  @Test
  func `the arrows have no cycle`() {
    for module in Architecture.arrows.keys {
      var reached: Set<String> = []
      var pending = Array(Architecture.arrows[module] ?? [])
      while let next = pending.popLast() {
        if reached.insert(next).inserted { pending += Architecture.arrows[next] ?? [] }
      }
      #expect(!reached.contains(module))
    }
  }

  @Test
  func `a forbidden import is objected to`() {
    #expect(Architecture.objection(to: "Transport", in: "BrokerCore") != nil)
    #expect(Architecture.objection(to: "COpenSSL", in: "Transport") != nil)
    #expect(Architecture.objection(to: "Foundation", in: "MQTTCodec") != nil)
    #expect(Architecture.objection(to: "NIOCore", in: "sluice") != nil)
    #expect(Architecture.objection(to: "MQTTCodec", in: "BrokerCore") == nil)
    #expect(Architecture.objection(to: "CEvent", in: "HTTPServer") == nil)
  }

  @Test
  func `every module has tests`() {
    for module in Project.modules {
      let folder = module == "sluice" ? "EndToEndTests" : "\(module)Tests"
      let files = Project.tests.filter { $0.path.hasPrefix("Tests/\(folder)/") }
      #expect(files.contains { !$0.lines(with: ["@", "Test"]).isEmpty }, "Tests/\(folder) has no test")
    }
  }

  @Test
  func `the package depends on no other package`() {
    #expect(!Project.manifest.tokens.isEmpty)
    #expect(Project.manifest.lines(with: [".", "package", "("]) == [])
  }
}
