/// The authorization engine: which client may publish, subscribe to and receive what.
///
/// The module Security holds what decides who a client is (``Authenticator``) and what it may do (this type). It has no
/// sockets, no threads and no clock. There is one decision function, asked on connect, publish, will, subscribe and on
/// every delivery; every answer can be explained by a rule with its file and line (``Grants/explain(_:_:)``).
///
/// What a decision means:
/// - A rule applies to a client when its subject fits: the client's own rules (user, client, certificate), those of the
///   groups that the client is in, and those for everyone. All of them count together.
/// - A deny in any rule that applies wins over every allow. Among rules of the same effect the first one is named in an
///   explanation: the client's own, then its groups', then everyone's, each in the order of the file.
/// - What no rule allows is denied. A policy without rules denies everything.
/// - `allow subscribe` and `deny subscribe` are about receiving: a subscription needs one allow filter that holds the
///   whole asked filter, and no deny filter that holds the whole of it. A filter that only overlaps a deny is granted,
///   and each delivery is judged by its topic. So `plants/#` less `plants/9/#` works as written.
/// - `$share/GROUP/FILTER` is judged by its inner filter.
/// - Clients never publish to topics that begin with `$`, but to `$SYS/broker/connection/NAME/state`, where bridges
///   have their state; a filter reaches them only by that first level, written out.
/// - `{client}`, `{user}` and `{certificate}` stand for one literal level. A client without that name, or whose name
///   holds `/`, `+`, `#` or NUL (or begins with `$` in the first level), gets nothing from an allow filter with that
///   placeholder. A deny filter then takes any level for a name that can't be used, and doesn't apply where there is no
///   name.
///
/// Immutable, so any thread may use it. A reload makes a new policy, and new ``Grants`` for each connected client.
public final class AccessPolicy: Sendable {
  /// All allow and deny filters with what an explanation needs.
  let filters: [PolicyFilter]
  private let rules: [CompiledRule]
  private let ownRules: NameIndex
  private let memberships: NameIndex
  private let groups: [(name: String, rules: [Int])]
  private let rulesForEveryone: [Int]

  struct PolicyFilter: Sendable {
    let template: FilterTemplate
    let source: AccessFilter
  }

  /// The filters of one rule as ranges of ``filters``.
  struct CompiledRule: Sendable {
    var allowPublish = 0..<0
    var allowSubscribe = 0..<0
    var denyPublish = 0..<0
    var denySubscribe = 0..<0
  }

  /// Checks and compiles a policy.
  ///
  /// Throws all that is wrong at once: bad filters, unknown placeholders and groups, groups that no rule names, rules
  /// that can never match. Safe to call on any thread; the work is bounded by ``AccessLimits``.
  public init(groups: [AccessGroup] = [], rules: [AccessRule] = []) throws(AccessPolicyError) {
    var compiler = AccessPolicyCompiler()
    compiler.compile(groups: groups, rules: rules)
    if !compiler.problems.isEmpty { throw AccessPolicyError(problems: compiler.problems) }
    filters = compiler.filters
    self.rules = compiler.rules
    ownRules = compiler.ownRules
    memberships = compiler.memberships
    self.groups = compiler.groups
    rulesForEveryone = compiler.rulesForEveryone
  }

  /// The names of the groups that the client is in, in the order of the file.
  public func groups(of identity: Identity) -> [String] {
    memberships.values(for: identity).map { groups[$0].name }
  }

  /// What the client may do: the rules that apply to it, its names put in. To be asked once at CONNECT and after a
  /// reload.
  public func grants(for identity: Identity) -> Grants {
    var applying = ownRules.values(for: identity)
    for group in memberships.values(for: identity) { applying.append(contentsOf: groups[group].rules) }
    applying.append(contentsOf: rulesForEveryone)
    var allow = (publish: [Grants.Filter](), subscribe: [Grants.Filter]())
    var deny = (publish: [Grants.Filter](), subscribe: [Grants.Filter]())
    func add(_ range: Range<Int>, to list: inout [Grants.Filter], isDeny: Bool) {
      for index in range {
        guard let bytes = filters[index].template.filter(for: identity, isDeny: isDeny) else { continue }
        list.append(Grants.Filter(bytes: bytes, index: index))
      }
    }
    for index in applying {
      let rule = rules[index]
      add(rule.allowPublish, to: &allow.publish, isDeny: false)
      add(rule.allowSubscribe, to: &allow.subscribe, isDeny: false)
      add(rule.denyPublish, to: &deny.publish, isDeny: true)
      add(rule.denySubscribe, to: &deny.subscribe, isDeny: true)
    }
    return Grants(
      policy: self, publish: .init(allow: allow.publish, deny: deny.publish),
      subscribe: .init(allow: allow.subscribe, deny: deny.subscribe))
  }
}
