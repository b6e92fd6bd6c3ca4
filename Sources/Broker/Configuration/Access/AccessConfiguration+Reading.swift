extension AccessConfiguration {
  /// Reads the access file's top section; nil stands for a file without keys.
  init(file: String, _ section: Section?, _ problems: Problems) {
    self.file = file
    let errorsBefore = problems.errorCount
    groups = section?.optional("groups")?.entries()?.compactMap(GroupConfiguration.read) ?? []
    rules = section?.optional("rules")?.list()?.compactMap(AccessRuleConfiguration.read) ?? []
    section?.finish()
    if rules.isEmpty, problems.errorCount == errorsBefore {
      problems.warning(
        at: section?.place ?? SourcePlace(file: file, line: 1, column: 1),
        "no rule grants anything: every publish and every subscription is denied")
    }
  }
}

extension GroupConfiguration {
  fileprivate static func read(_ name: Placed<String>, _ value: Value) -> Placed<GroupConfiguration>? {
    guard let section = value.section(called: "group") else { return nil }
    let members = section.required("members")
    section.finish()
    guard let members else { return nil }
    return Placed(GroupConfiguration(name: name, members: members.strings()), at: name.place)
  }
}

extension AccessRuleConfiguration {
  fileprivate static func read(_ value: Value) -> Placed<AccessRuleConfiguration>? {
    guard let section = value.section(called: "rule") else { return nil }
    let subject = subject(section)
    let allow = section.optional("allow")?.section(called: "allow").map(Filters.init)
    let deny = section.optional("deny")?.section(called: "deny").map(Filters.init)
    if section.place(of: "allow") == nil, section.place(of: "deny") == nil {
      section.reportMissing(["allow", "deny"], "missing key \"allow\" or \"deny\" in rule")
    }
    section.finish()
    guard let subject else { return nil }
    let nothing = Filters(publish: [], subscribe: [])
    return Placed(
      AccessRuleConfiguration(subject: subject, allow: allow ?? nothing, deny: deny ?? nothing), at: section.place)
  }

  private static func subject(_ section: Section) -> Placed<Subject>? {
    let kinds: [(key: String, subject: (String) -> Subject)] = [
      ("group", Subject.group), ("user", Subject.user), ("client", Subject.client),
      ("certificate", Subject.certificate),
    ]
    var given: [String] = []
    var subjects: [Placed<Subject>] = []
    for kind in kinds {
      guard let value = section.optional(kind.key) else { continue }
      given.append(kind.key)
      if let name = value.string(expected: "a name") {
        subjects.append(Placed(kind.subject(name.value), at: name.place))
      }
    }
    if let value = section.optional("everyone") {
      given.append("everyone")
      if let everyone = value.bool() {
        if everyone.value {
          subjects.append(Placed(.everyone, at: everyone.place))
        } else {
          value.report("everyone: only true says to whom the rule applies")
        }
      }
    }
    if given.count != 1 {
      let found = given.isEmpty ? "" : ": found \(given.joined(separator: " and "))"
      let all = kinds.map(\.key) + ["everyone"]
      section.reportMissing(
        given.isEmpty ? all : [], "a rule is for exactly one of \(all.joined(separator: ", "))\(found)")
      return nil
    }
    return subjects.first
  }
}

extension AccessRuleConfiguration.Filters {
  fileprivate init(_ section: Section) {
    publish = section.optional("publish")?.strings() ?? []
    subscribe = section.optional("subscribe")?.strings() ?? []
    if section.place(of: "publish") == nil, section.place(of: "subscribe") == nil {
      let message = "missing key \"publish\" or \"subscribe\" in \(section.title)"
      section.reportMissing(["publish", "subscribe"], message)
    }
    section.finish()
  }
}
