@testable import Security

/// Grants asked with strings, as tests like to read.
extension Grants {
  func mayPublish(_ topic: String) -> Bool { ask(topic, mayPublish) }
  func mayReceive(_ topic: String) -> Bool { ask(topic, mayReceive) }
  func maySubscribe(_ filter: String) -> SubscribeDecision { ask(filter, maySubscribe) }

  private func ask<Answer>(_ text: String, _ question: (UnsafeRawBufferPointer) -> Answer) -> Answer {
    Array(text.utf8).withUnsafeBytes(question)
  }
}

/// An identity of the listener "mqtts".
func client(
  _ clientID: String, user: String? = nil, certificate: String? = nil,
  source: CertificateNameSource = .commonName
) -> Identity {
  Identity(
    clientID: clientID, userName: user, certificateName: certificate, certificateNameSource: source,
    listener: "mqtts")
}

/// A rule whose filters come from "access.yaml", the line counted over all four lists.
func rule(
  _ subject: AccessSubject, publish: [String] = [], subscribe: [String] = [], denyPublish: [String] = [],
  denySubscribe: [String] = [], line: Int = 10
) -> AccessRule {
  var next = line
  func filters(_ texts: [String]) -> [AccessFilter] {
    texts.map {
      next += 1
      return AccessFilter($0, origin: "access.yaml:\(next):7")
    }
  }
  return AccessRule(
    subject: subject, allowPublish: filters(publish), allowSubscribe: filters(subscribe),
    denyPublish: filters(denyPublish), denySubscribe: filters(denySubscribe), origin: "access.yaml:\(line):3")
}

/// A group whose members come from line 3 on.
func group(_ name: String, _ members: [String]) -> AccessGroup {
  AccessGroup(
    name: name,
    members: members.enumerated().map { AccessMember($0.element, origin: "access.yaml:\(3 + $0.offset):16") },
    origin: "access.yaml:2:3")
}

/// What is wrong with a policy, as a person reads it; empty when nothing is.
func problems(groups: [AccessGroup] = [], rules: [AccessRule]) -> [String] {
  do throws(AccessPolicyError) {
    _ = try AccessPolicy(groups: groups, rules: rules)
    return []
  } catch {
    return error.problems.map(\.description)
  }
}
