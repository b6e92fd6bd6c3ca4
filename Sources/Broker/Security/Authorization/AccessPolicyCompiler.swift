import MQTTCodec

/// Turns groups and rules as written into the tables of an ``AccessPolicy``, and gathers what is wrong with them.
struct AccessPolicyCompiler {
  private(set) var filters: [AccessPolicy.PolicyFilter] = []
  private(set) var rules: [AccessPolicy.CompiledRule] = []
  private(set) var ownRules = NameIndex()
  private(set) var memberships = NameIndex()
  private(set) var groups: [(name: String, rules: [Int])] = []
  private(set) var rulesForEveryone: [Int] = []
  private(set) var problems: [AccessProblem] = []

  /// The rules of each subject, to compare what they allow with what they deny.
  private var rulesOfSubject: [Subject: [Int]] = [:]
  private var memberCount = 0

  /// A subject with its name looked up or parsed.
  private enum Subject: Hashable {
    case group(Int)
    case named(NamePattern)
    case everyone
  }

  mutating func report(_ origin: String, _ message: String) {
    if problems.count < AccessLimits.problemsMax { problems.append(AccessProblem(origin: origin, message: message)) }
  }

  mutating func compile(groups: [AccessGroup], rules: [AccessRule]) {
    guard isWithin(groups.count, "groups", groups.last?.origin), isWithin(rules.count, "rules", rules.last?.origin)
    else { return }
    let groupNumbers = add(groups)
    for rule in rules { add(rule, groupNumbers) }
    for (number, group) in groups.enumerated() where number < self.groups.count && self.groups[number].rules.isEmpty {
      report(
        group.origin, "no rule names the group \"\(printable(group.name))\": add a rule for it, or remove the group")
    }
    if memberships.wildcardCount + ownRules.wildcardCount > AccessLimits.wildcardPatternsMax {
      report(
        groups.last?.origin ?? rules.last?.origin ?? "",
        "more than \(AccessLimits.wildcardPatternsMax) names with *: each costs time at each connect; "
          + "name clients in full"
      )
    }
    // What can never match is looked for only in a policy that is right otherwise: else it only repeats other problems.
    if problems.isEmpty { reportAllowsInsideDenies() }
  }

  private mutating func isWithin(_ count: Int, _ what: String, _ origin: String?) -> Bool {
    if count <= AccessLimits.entriesMax { return true }
    report(origin ?? "", "more than \(AccessLimits.entriesMax) \(what) in all")
    return false
  }

  // MARK: groups

  private mutating func add(_ groups: [AccessGroup]) -> [String: Int] {
    var numbers: [String: Int] = [:]
    for (number, group) in groups.enumerated() {
      self.groups.append((group.name, []))
      if group.name.isEmpty {
        report(group.origin, "a group needs a name")
      } else if let first = numbers[group.name] {
        let place = groups[first].origin
        report(
          group.origin, "the group \"\(printable(group.name))\" exists already (\(place)): put its members together")
        continue
      }
      numbers[group.name] = number
      memberCount += group.members.count
      guard isWithin(memberCount, "members", group.origin) else { break }
      for member in group.members { add(member, toGroup: number) }
    }
    return numbers
  }

  private mutating func add(_ member: AccessMember, toGroup number: Int) {
    let parts = member.text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let shown = printable(member.text)
    guard parts.count == 2 else {
      return report(member.origin, "\"\(shown)\" is no member: write user:NAME, client:ID or certificate:NAME")
    }
    let name = String(parts[1])
    let pattern: NamePattern
    switch parts[0] {
    case "user": pattern = NamePattern(kind: .user, text: name)
    case "client": pattern = NamePattern(kind: .client, text: name)
    case "certificate": pattern = NamePattern(certificate: name)
    default:
      let near = Spelling.nearest(to: String(parts[0]), among: ["user", "client", "certificate"])
      let hint = near.map { "did you mean \($0)?" } ?? "write user:NAME, client:ID or certificate:NAME"
      return report(member.origin, "\"\(shown)\" is no member: \(hint)")
    }
    if let problem = pattern.problem { return report(member.origin, "the member \"\(shown)\" \(problem)") }
    memberships.add(pattern, number)
  }

  // MARK: rules

  private mutating func add(_ rule: AccessRule, _ groupNumbers: [String: Int]) {
    let number = rules.count
    guard let subject = subject(of: rule, groupNumbers) else { return }
    let count =
      rule.allowPublish.count + rule.allowSubscribe.count + rule.denyPublish.count + rule.denySubscribe.count
    if count == 0 {
      return report(
        rule.origin, "the rule for \(printable(rule.subject.text)) allows and denies nothing: it has no effect")
    }
    guard isWithin(filters.count + count, "filters", rule.origin) else { return }
    rules.append(
      AccessPolicy.CompiledRule(
        allowPublish: add(rule.allowPublish, of: subject, isAllowPublish: true),
        allowSubscribe: add(rule.allowSubscribe, of: subject),
        denyPublish: add(rule.denyPublish, of: subject),
        denySubscribe: add(rule.denySubscribe, of: subject)))
    rulesOfSubject[subject, default: []].append(number)
    switch subject {
    case .group(let group): groups[group].rules.append(number)
    case .named(let pattern): ownRules.add(pattern, number)
    case .everyone: rulesForEveryone.append(number)
    }
  }

  private mutating func subject(of rule: AccessRule, _ groupNumbers: [String: Int]) -> Subject? {
    let pattern: NamePattern
    switch rule.subject {
    case .everyone: return .everyone
    case .group(let name):
      if let number = groupNumbers[name] { return .group(number) }
      let near = Spelling.nearest(to: name, among: groups.map(\.name))
      let hint = near.map { "did you mean \"\(printable($0))\"?" } ?? "define it under groups"
      report(rule.origin, "there is no group \"\(printable(name))\": \(hint)")
      return nil
    case .user(let name): pattern = NamePattern(kind: .user, text: name)
    case .client(let name): pattern = NamePattern(kind: .client, text: name)
    case .certificate(let name): pattern = NamePattern(certificate: name)
    }
    guard let problem = pattern.problem else { return .named(pattern) }
    report(rule.origin, "the rule's subject \"\(printable(rule.subject.text))\" \(problem)")
    return nil
  }

  private mutating func add(
    _ list: [AccessFilter], of subject: Subject, isAllowPublish: Bool = false
  ) -> Range<Int> {
    let start = filters.count
    for filter in list {
      do throws(FilterTemplateError) {
        let template = try FilterTemplate(filter.text)
        if let problem = neverMatches(template, of: subject, isAllowPublish) {
          report(filter.origin, "the filter \"\(printable(filter.text))\" \(problem)")
        }
        filters.append(AccessPolicy.PolicyFilter(template: template, source: filter))
      } catch {
        report(filter.origin, "the filter \"\(printable(filter.text))\" \(error.message)")
      }
    }
    return start..<filters.count
  }

  // MARK: what can never match

  /// Why the filter matches nothing by itself, or nil.
  private func neverMatches(_ template: FilterTemplate, of subject: Subject, _ isAllowPublish: Bool) -> String? {
    let levels = template.bytes.split(separator: FilterSyntax.slash, omittingEmptySubsequences: false)
    if levels.first?.elementsEqual("$share".utf8) == true {
      return "can never match: a shared subscription is judged by the filter after $share/GROUP/; name that"
    }
    if isAllowPublish, template.bytes.first == FilterSyntax.dollar,
      !template.bytes.withUnsafeBytes({ BridgeStateTopic.isOne($0) })
    {
      return "allows too much: clients never publish to topics that begin with $, but for a bridge's state: write "
        + "$SYS/broker/connection/+/state, or a name or placeholder in place of +"
    }
    guard case .named(let pattern) = subject else { return nil }
    for slot in template.slots {
      let isOwnName =
        switch (slot.placeholder, pattern.kind) {
        case (.client, .client), (.user, .user), (.certificate, .certificate): true
        default: false
        }
      // A `*` is no hindrance: what it stands for may fit.
      if isOwnName, !Placeholder.fits(pattern.bytes, isFirstLevel: slot.range.lowerBound == 0) {
        return "can never match: the name of the rule's subject cannot be one level for \(slot.placeholder.text)"
      }
    }
    return nil
  }

  /// Reports each allow filter that lies inside a deny filter of the same action, of the same subject or of everyone.
  private mutating func reportAllowsInsideDenies() {
    for lists in [
      (allow: \AccessPolicy.CompiledRule.allowPublish, deny: \AccessPolicy.CompiledRule.denyPublish),
      (allow: \AccessPolicy.CompiledRule.allowSubscribe, deny: \AccessPolicy.CompiledRule.denySubscribe),
    ] {
      let general = rulesForEveryone.flatMap { rules[$0][keyPath: lists.deny] }
      var found: [(allow: Int, deny: Int)] = []
      for (subject, numbers) in rulesOfSubject {
        let own = subject == .everyone ? [] : numbers.flatMap { rules[$0][keyPath: lists.deny] }
        let denies = general + own
        if let last = denies.last, denies.count > AccessLimits.deniesOfSubjectMax {
          report(
            filters[last].source.origin,
            "more than \(AccessLimits.deniesOfSubjectMax) deny filters for one subject: use wildcards, or allow less")
          return
        }
        for allow in numbers.flatMap({ rules[$0][keyPath: lists.allow] }) {
          let asked = filters[allow].template.bytes
          let deny = denies.first {
            let denied = filters[$0].template.bytes
            return FilterSyntax.contains(denied.span, asked.span)
          }
          if let deny {
            found.append((allow, deny))
          }
        }
      }
      for (allow, deny) in found.sorted(by: { $0.allow < $1.allow }) {
        let (allowed, denied) = (filters[allow].source, filters[deny].source)
        report(
          allowed.origin,
          "the allow filter \"\(printable(allowed.text))\" can never match: all of it is denied by "
            + "\"\(printable(denied.text))\" (\(denied.origin))")
      }
    }
  }
}
