import YAML

extension ListenerConfiguration {
  /// Reads the list of listeners. Names and addresses are unique; `limits` holds where one has none of its own.
  static func list(_ value: Value?, _ limits: LimitsConfiguration) -> [ListenerConfiguration] {
    guard let value, let entries = value.list() else { return [] }
    if entries.isEmpty { value.report("listeners: the list is empty: no client could connect") }
    var names = NameRegister(of: "listener")
    var addresses: [String: ListenerConfiguration] = [:]
    var listeners: [ListenerConfiguration] = []
    for section in entries.compactMap({ $0.section(called: "listener") }) {
      let (name, listener) = read(section, limits)
      names.take(name, section.problems)
      guard let listener else { continue }
      listeners.append(listener)
      let bind = listener.bind
      if bind.value.port != 0, let other = addresses.updateValue(listener, forKey: bind.value.description) {
        section.problems.error(
          at: bind.place,
          "bind: the listener \(YAMLError.quoted(other.name.value)) at \(other.name.place)"
            + " has the address \(bind.value) already"
        )
      }
    }
    return listeners
  }

  private static func read(
    _ section: Section, _ brokerLimits: LimitsConfiguration
  ) -> (name: Placed<String>?, listener: ListenerConfiguration?) {
    let name = section.required("name")?.string()
    let wireProtocol = section.required("protocol")?.choice(WireProtocol.self)
    let bind = section.required("bind")?.bindAddress()
    let tls = tls(section, wireProtocol?.value, bind)
    let certificateName = certificateName(section, tls.configuration)
    let limits = LimitsConfiguration(section.optional("limits")?.section(called: "limits"), of: brokerLimits)
    let webSocket = webSocket(section, wireProtocol?.value)
    let proxyNetworks = proxyNetworks(section)
    let versions = versions(section)
    let mountPoint = section.optional("mount_point")?.string()
    let maximumQoS = section.optional("maximum_qos")?.number(.count, in: 0...2)?.value ?? 2
    let isRetainAvailable = section.optional("retain_available")?.bool()?.value ?? true
    section.finish()
    guard let name, let wireProtocol, let bind, tls.isComplete else { return (name, nil) }
    let listener = ListenerConfiguration(
      name: name, wireProtocol: wireProtocol.value, bind: bind, tls: tls.configuration,
      certificateName: certificateName, limits: limits, webSocket: webSocket, proxyNetworks: proxyNetworks,
      versions: versions, maximumQoS: maximumQoS, isRetainAvailable: isRetainAvailable, mountPoint: mountPoint)
    return (name, listener)
  }

  /// The `websocket` section, all of whose keys have defaults.
  private static func webSocket(
    _ section: Section, _ wireProtocol: WireProtocol?
  ) -> ListenerWebSocketConfiguration? {
    let value = section.optional("websocket")
    guard let wireProtocol else {
      _ = value?.section(called: "websocket").flatMap(ListenerWebSocketConfiguration.init)
      return nil
    }
    guard wireProtocol.isWebSocket else {
      if let place = section.place(of: "websocket") {
        section.problems.error(
          at: place,
          "websocket: the protocol \(wireProtocol) has none: use \(wireProtocol.isEncrypted ? "wss" : "ws"),"
            + " or remove this section")
      }
      return nil
    }
    guard let value else { return ListenerWebSocketConfiguration() }
    return value.section(called: "websocket").map { ListenerWebSocketConfiguration($0) }
  }

  private static func proxyNetworks(_ section: Section) -> [Placed<String>]? {
    guard let proxy = section.optional("proxy_protocol")?.section(called: "proxy_protocol") else { return nil }
    let value = proxy.required("networks")
    let entries = value?.list()
    if let value, let entries, entries.isEmpty { value.report("networks: the list is empty: nobody could connect") }
    proxy.finish()
    return (entries ?? []).compactMap { $0.string() }
  }

  private static func versions(_ section: Section) -> Set<Version> {
    guard let value = section.optional("versions"), let entries = value.list() else { return Set(Version.allCases) }
    if entries.isEmpty { value.report("versions: the list is empty: no client could connect") }
    return Set(entries.compactMap { $0.choice(Version.self)?.value })
  }

  /// The `tls` section that the protocol needs, and what guards plain text.
  private static func tls(
    _ section: Section, _ wireProtocol: WireProtocol?, _ bind: Placed<BindAddress>?
  ) -> (configuration: ListenerTLSConfiguration?, isComplete: Bool) {
    let allowPlaintext = section.optional("allow_plaintext")?.bool()
    if let allowPlaintext, let wireProtocol, wireProtocol.isEncrypted {
      section.problems.warning(
        at: allowPlaintext.place, "allow_plaintext has no effect with the protocol \(wireProtocol)")
    }
    switch wireProtocol {
    case nil:
      let tls = section.optional("tls")?.section(called: "tls").flatMap(ListenerTLSConfiguration.init)
      return (tls, false)
    case .mqtt?, .ws?:
      let (plain, encrypted) = wireProtocol == .mqtt ? ("mqtt", "mqtts") : ("ws", "wss")
      _ = section.optional("tls")
      if let place = section.place(of: "tls") {
        section.problems.error(
          at: place, "tls: the protocol \(plain) has none: use \(encrypted), or remove this section")
      }
      if let bind, !bind.value.isLoopback, allowPlaintext?.value != true {
        section.problems.error(
          at: bind.place,
          "bind: the protocol \(plain) sends passwords and messages in the clear,"
            + " and \(bind.value) can be reached from other machines: use \(encrypted), bind 127.0.0.1 or [::1],"
            + " or set allow_plaintext: true"
        )
      }
      return (nil, true)
    case .mqtts?, .wss?:
      let name = wireProtocol == .mqtts ? "mqtts" : "wss"
      let tls = section.required("tls", because: " (the protocol \(name) needs it)")?.section(called: "tls")
        .flatMap(ListenerTLSConfiguration.init)
      if let first = tls?.alpn.first, wireProtocol == .wss,
        tls?.alpn.contains(where: { $0.value == "http/1.1" }) == false
      {
        section.problems.warning(at: first.place, "alpn without http/1.1 refuses browsers on a listener for wss")
      }
      return (tls, tls != nil)
    }
  }

  private static func certificateName(
    _ section: Section, _ tls: ListenerTLSConfiguration?
  ) -> CertificateNameChoice {
    guard let identity = section.optional("identity")?.section(called: "identity") else { return .commonName }
    let from = identity.required("from")?.choice(CertificateNameChoice.self)
    identity.finish()
    if let from, let tls, tls.clientCertificates == .none {
      section.problems.warning(at: from.place, "identity has no effect while tls.client_certificates is none")
    }
    return from?.value ?? .commonName
  }
}

extension Value {
  /// An IP address and a port.
  func bindAddress() -> Placed<BindAddress>? {
    guard let text = text(expected: "an address and a port") else { return nil }
    if let address = BindAddress(text.text) { return Placed(address, at: place) }
    let meant: String? =
      if text.written.hasPrefix("localhost:") {
        "127.0.0.1:" + text.written.dropFirst("localhost:".count)
      } else if text.written.hasPrefix("*:") {
        "0.0.0.0:" + text.written.dropFirst(2)
      } else if let port = UInt16(text.written) {
        "127.0.0.1:\(port)"
      } else {
        nil
      }
    report(
      "\(key): \(YAMLError.quoted(text.written)) is not an IP address with a port,"
        + " such as 127.0.0.1:8883 or [::1]:8883",
      meant: meant)
    return nil
  }
}
