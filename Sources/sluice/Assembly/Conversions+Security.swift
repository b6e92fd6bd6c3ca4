import BrokerCore
import Configuration
import MQTTCodec
import Security
import TLS

extension Limits {
  /// The limits that a configuration sets.
  init(_ configuration: LimitsConfiguration) {
    self.init()
    packetBytesMax = configuration.packetBytesMax
    connectPacketBytesMax = configuration.connectPacketBytesMax
    connectionsMax = configuration.connectionsMax
    connectionsPerAddressMax = configuration.connectionsPerAddressMax
    pendingConnectionsMax = configuration.pendingConnectionsMax
    sessionsMax = configuration.sessionsMax
    clientIDBytesMax = configuration.clientIDBytesMax
    topicLevelsMax = configuration.topicLevelsMax
    subscriptionsPerSessionMax = configuration.subscriptionsPerClientMax
    topicAliasMaximum = UInt16(clamping: configuration.topicAliasMaximum)
    receiveMaximum = UInt16(clamping: configuration.receiveMaximum)
    inflightMax = configuration.inflightMax
    acknowledgeTimeoutSeconds = configuration.acknowledgeTimeoutSeconds
    queueMessagesMax = configuration.queueMessagesMax
    queueBytesMax = configuration.queueBytesMax
    outputBytesMax = configuration.outputBytesMax
    sessionExpirySecondsMax = UInt32(clamping: configuration.sessionExpirySecondsMax)
    retainedMessagesMax = configuration.retainedMessagesMax
    retainedBytesMax = configuration.retainedBytesMax
    keepAliveSecondsMax = UInt16(clamping: configuration.keepAliveSecondsMax)
    connectTimeoutSeconds = configuration.connectTimeoutSeconds
    handshakeTimeoutSeconds = configuration.handshakeTimeoutSeconds
  }
}

extension Limits {
  /// The limits of one listener.
  init(_ listener: ListenerConfiguration) {
    self.init(listener.limits)
    maximumQoS = QoS(rawValue: UInt8(clamping: listener.maximumQoS)) ?? .exactlyOnce
    isRetainAvailable = listener.isRetainAvailable
  }
}

extension TLSServerOptions {
  /// The TLS of one listener.
  init(_ tls: ListenerTLSConfiguration) {
    self.init(certificateChainFile: tls.certificate.value, privateKeyFile: tls.key.value)
    privateKeyPassphrase = tls.keyPassphrase.map { Array($0.value.revealed.utf8) }
    switch tls.clientCertificates {
    case .none: clientCertificates = .none
    case .optional: clientCertificates = .optional
    case .required: clientCertificates = .required
    }
    clientAuthorityFile = tls.clientCA?.value
    minimumVersion = tls.minimumVersion == .v1_3 ? .v1_3 : .v1_2
    maximumVersion = tls.maximumVersion == .v1_2 ? .v1_2 : .v1_3
    cipherList = tls.cipherList?.value
    cipherSuites = tls.cipherSuites?.value
    if let names = tls.groups { groups = names.map(\.value) }
    if let milliseconds = tls.verificationMillisecondsMax { verificationMillisecondsMax = milliseconds }
    alpnProtocols = tls.alpn.map(\.value)
  }
}

extension ProtocolVersion {
  /// A version that a listener takes.
  init(_ version: ListenerConfiguration.Version) {
    switch version {
    case .v3_1: self = .v3_1
    case .v3_1_1: self = .v3_1_1
    case .v5: self = .v5
    }
  }
}

extension AuthenticationPolicy {
  /// How clients of one listener prove who they are.
  init(_ authentication: AuthenticationConfiguration, _ listener: ListenerConfiguration, _ passwords: PasswordFile?) {
    let source: CertificateNameSource =
      switch listener.certificateName {
      case .commonName: .commonName
      case .dnsName: .sanDNS
      case .email: .sanEmail
      case .uri: .sanURI
      case .subject: .subject
      }
    let binding: ClientIDBinding =
      switch authentication.clientIDBinding {
      case .any: .any
      case .userName: .userName
      case .certificateName: .certificateName
      }
    let addressBinding: ClientAddressBinding =
      switch authentication.clientAddressBinding {
      case .any: .any
      case .certificate: .certificate
      }
    let unprovenUserNames: UnprovenUserNames =
      switch authentication.unprovenUserNames {
      case .ignore: .ignore
      case .refuse: .refuse
      }
    self.init(
      allowsAnonymous: authentication.anonymous, passwordFile: passwords,
      acceptsCertificates: authentication.certificates,
      certificateNameSource: source, unprovenUserNames: unprovenUserNames, clientIDBinding: binding,
      clientAddressBinding: addressBinding)
  }
}

extension AccessGroup {
  /// A group, with the places of its members.
  init(_ group: Placed<GroupConfiguration>) {
    self.init(
      name: group.value.name.value,
      members: group.value.members.map { AccessMember($0.value, origin: $0.place.description) },
      origin: group.place.description)
  }
}

extension AccessRule {
  /// A rule, with the places of its filters.
  init(_ rule: Placed<AccessRuleConfiguration>) {
    let subject: AccessSubject =
      switch rule.value.subject.value {
      case .group(let name): .group(name)
      case .user(let name): .user(name)
      case .client(let name): .client(name)
      case .certificate(let name): .certificate(name)
      case .everyone: .everyone
      }
    func filters(_ all: [Placed<String>]) -> [AccessFilter] {
      all.map { AccessFilter($0.value, origin: $0.place.description) }
    }
    self.init(
      subject: subject, allowPublish: filters(rule.value.allow.publish),
      allowSubscribe: filters(rule.value.allow.subscribe),
      denyPublish: filters(rule.value.deny.publish), denySubscribe: filters(rule.value.deny.subscribe),
      origin: rule.place.description)
  }
}

extension ConfigurationError {
  /// What the authorization engine found, at the place that it was given.
  init(_ problem: AccessProblem, in file: String) {
    self.init(place: SourcePlace(described: problem.origin, in: file), message: problem.message)
  }
}

extension SourcePlace {
  /// Reads back what `description` wrote; the whole file when it can't.
  fileprivate init(described text: String, in file: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count >= 3, let column = Int(parts[parts.count - 1]), let line = Int(parts[parts.count - 2]) else {
      self.init(file: file, line: 0, column: 0)
      return
    }
    self.init(file: parts.dropLast(2).joined(separator: ":"), line: line, column: column)
  }
}
