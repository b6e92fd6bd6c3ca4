import Configuration
import TLS

/// The TLS of listeners: certificates, keys and authorities are read here, as `check` and `run` both do.
extension Assembly {
  /// What the sessions of a listener have in common; nil, and an error, where something is wrong.
  mutating func tlsContext(_ tls: ListenerTLSConfiguration, of listener: ListenerConfiguration) -> TLSContext? {
    let before = errors.count
    for group in tls.groups ?? [] {
      if let problem = TLSGroup.problem(with: group.value) {
        fail(group.place, "groups: \(problem)")
      } else if let notice = TLSGroup.notice(about: group.value) {
        warn(group.place, "groups: \(notice)")
      }
    }
    guard errors.count == before else { return nil }
    do {
      let context = try TLSContext(TLSServerOptions(tls))
      for text in context.warnings { warn(tls.place(of: text), text) }
      let certificate = context.serverCertificate
      if listener.proxyNetworks == nil, let text = certificate.objection(to: listener.bind.value) {
        warn(tls.certificate.place, "certificate \(tls.certificate.value): \(text)")
      }
      return context
    } catch {
      fail(tls.place(of: "\(error)"), "\(error)")
      return nil
    }
  }

  private mutating func warn(_ place: SourcePlace, _ message: String) {
    warnings.append(ConfigurationWarning(place: place, message: message))
  }
}

extension PeerCertificate {
  /// Why clients that connect to this address will refuse the certificate, as far as that can be known without asking
  /// what names stand for. (Behind a proxy they connect to its address.)
  fileprivate func objection(to bind: BindAddress) -> String? {
    var hasName = false
    var isForThisMachineAlone = true
    for case .dns(let name) in subjectAlternativeNames {
      hasName = true
      if !Self.isLocal(name) { isForThisMachineAlone = false }
    }
    for case .ip(let address) in subjectAlternativeNames where BindAddress(address: address)?.isLoopback != true {
      isForThisMachineAlone = false
    }
    // Without any name there is another warning.
    guard hasName || hasAddress else { return nil }
    if bind.isLoopback {
      let isLocalName = subjectAlternativeNames.contains { name in
        if case .dns(let name) = name { Self.isLocal(name) } else { false }
      }
      return isLocalName || names(address: bind.host)
        ? nil
        : "its names don't include \(bind.host) or localhost, which the listener's clients connect to; they will refuse"
          + " it"
    }
    if isForThisMachineAlone {
      return
        "its names are for this machine alone (localhost), and \(bind.host) is for others too; those will refuse it"
    }
    guard !bind.isUnspecified, !hasName, !names(address: bind.host) else { return nil }
    return "its names are addresses, and \(bind.host) is none of them; clients that connect to it will refuse it"
  }

  private var hasAddress: Bool {
    subjectAlternativeNames.contains { if case .ip = $0 { true } else { false } }
  }

  private static func isLocal(_ name: String) -> Bool {
    let name = name.lowercased()
    return name == "localhost" || name.hasSuffix(".localhost") || name == "localhost.localdomain"
  }
}

extension BindAddress {
  /// An address from a certificate.
  fileprivate init?(address: String) { self.init(address.contains(":") ? "[\(address)]:0" : "\(address):0") }

  /// Whether it stands for all addresses of the machine.
  fileprivate var isUnspecified: Bool { host.allSatisfy { $0 == "0" || $0 == ":" || $0 == "." } }
}

extension ListenerTLSConfiguration {
  /// Where the file is named that a message is about; the section if it names none.
  fileprivate func place(of message: String) -> SourcePlace {
    let files = [certificate, key] + (clientCA.map { [$0] } ?? [])
    // Of two whose names are in it the longer one is meant: "a.crt" is in "a.crt.old", too.
    let named = files.filter { message.contains($0.value) }.max { $0.value.utf8.count < $1.value.utf8.count }
    return named?.place ?? place
  }
}
