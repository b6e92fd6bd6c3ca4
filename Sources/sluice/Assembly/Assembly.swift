import BrokerCore
import Configuration
import EventLoop
import KafkaBridge
import KafkaClient
import MQTTCodec
import Security
import TLS
import Transport

/// A configuration that was read and understood as a whole: what `check` reports, and what `run` starts.
struct Assembly {
  var errors: [ConfigurationError] = []
  var warnings: [ConfigurationWarning] = []
  /// What can be started; nil when there are errors.
  private(set) var plan: Plan?

  /// All that ``Server`` needs, ready to be started.
  struct Plan {
    let configuration: Configuration
    let limits: Limits
    let choices: ProtocolChoices
    let listeners: [ListenerSettings]
    let policy: AccessPolicy
    let bridge: KafkaBridgeConfiguration?
  }

  /// Reads a configuration and everything that it names: certificates, keys, password file. Nothing is started or
  /// reached.
  static func load(_ path: String) -> Assembly {
    let report = Configuration.load(path)
    var assembly = Assembly(errors: report.errors, warnings: report.warnings)
    if let configuration = report.configuration { assembly.assemble(configuration) }
    return assembly
  }

  private mutating func assemble(_ configuration: Configuration) {
    let limits = Limits(configuration.limits)
    let choices = protocolChoices(configuration.mqtt)
    let policy = accessPolicy(configuration.access)
    let passwords = passwordFile(configuration.authentication)
    warnOfUnjudgedPasswords(configuration.authentication)
    let listeners = configuration.listeners.compactMap { listener($0, configuration.authentication, passwords) }
    let bridge = bridgeConfiguration(configuration)
    guard errors.isEmpty, let policy else { return }
    plan = Plan(
      configuration: configuration, limits: limits, choices: choices, listeners: listeners, policy: policy,
      bridge: bridge)
  }

  mutating func fail(_ place: SourcePlace, _ message: String) {
    errors.append(ConfigurationError(place: place, message: message))
  }

  private mutating func protocolChoices(_ mqtt: MQTTConfiguration) -> ProtocolChoices {
    var choices = ProtocolChoices()
    choices.validatesPayloadFormat = mqtt.validatesPayloadFormat
    choices.revealsRefusals = mqtt.revealsRefusals
    choices.allowsControlCharacters = mqtt.allowsControlCharacters
    choices.limitsClientIDsOf31 = mqtt.isStrictAboutClientIDs
    if let text = mqtt.responseInformation {
      do {
        choices.responseInformation = try ResponseTemplate(text.value)
      } catch {
        fail(text.place, "response_information: \(error)")
      }
    }
    return choices
  }

  private mutating func accessPolicy(_ access: AccessConfiguration) -> AccessPolicy? {
    do {
      return try AccessPolicy(groups: access.groups.map { AccessGroup($0) }, rules: access.rules.map { AccessRule($0) })
    } catch {
      for problem in error.problems { errors.append(ConfigurationError(problem, in: access.file)) }
      return nil
    }
  }

  private mutating func passwordFile(_ authentication: AuthenticationConfiguration) -> PasswordFile? {
    guard let path = authentication.passwordFile else { return nil }
    do {
      let file = try PasswordFile.load(path: path.value)
      if file.isReadableByOthers {
        warnings.append(
          ConfigurationWarning(place: path.place, message: "\(path.value) can be read by others: chmod 600"))
      }
      return file
    } catch {
      fail(path.place, "\(error)")
      return nil
    }
  }

  /// Nobody should take a password for a lock where any opens.
  private mutating func warnOfUnjudgedPasswords(_ authentication: AuthenticationConfiguration) {
    guard authentication.anonymous, authentication.passwordFile == nil, authentication.unprovenUserNames == .ignore,
      let place = authentication.anonymousPlace
    else { return }
    warnings.append(
      ConfigurationWarning(
        place: place,
        message: "there is no password_file: a client that sends a user name and a password is let in as anonymous,"
          + " whatever they are; unproven_user_names: refuse refuses it"))
  }

  private mutating func listener(
    _ listener: ListenerConfiguration, _ authentication: AuthenticationConfiguration, _ passwords: PasswordFile?
  ) -> ListenerSettings? {
    var context: TLSContext?
    if let tls = listener.tls {
      context = tlsContext(tls, of: listener)
      if context == nil { return nil }
    }
    guard let address = SocketAddress(host: listener.bind.value.host, port: UInt16(clamping: listener.bind.value.port))
    else {
      fail(listener.bind.place, "\(listener.bind.value) is not an address that can be listened on")
      return nil
    }
    let policy = AuthenticationPolicy(authentication, listener, passwords)
    let before = errors.count
    let webSocket = listener.webSocket.flatMap { webSocketSettings($0) }
    let proxies = listener.proxyNetworks.flatMap { networkList($0) }
    let mountPoint = listener.mountPoint.flatMap { levels($0) }
    // A listener without what guards it is not started.
    guard errors.count == before else { return nil }
    return ListenerSettings(
      name: listener.name.value, address: address, tls: context, authenticator: Authenticator(policy),
      limits: Limits(listener), webSocket: webSocket, proxyNetworks: proxies,
      allowedVersions: Set(listener.versions.map { ProtocolVersion($0) }), mountPoint: mountPoint)
  }

  private mutating func levels(_ text: Placed<String>) -> MountPoint? {
    let mountPoint = MountPoint(text.value)
    if mountPoint == nil {
      fail(
        text.place,
        "mount_point: '\(text.value)' is no topic that others can lie below: write levels such as plants/7, without"
          + " wildcards, without $ or / in front, at most \(MountPoint.bytesMax) bytes")
    }
    return mountPoint
  }

  private mutating func webSocketSettings(_ webSocket: ListenerWebSocketConfiguration) -> WebSocketSettings? {
    var origins: Set<WebOrigin>?
    if let texts = webSocket.origins {
      var read: Set<WebOrigin> = []
      for text in texts {
        if let origin = WebOrigin(text.value) {
          read.insert(origin)
        } else {
          fail(
            text.place,
            "origins: '\(text.value)' is no origin: write scheme and host as browsers do, such as https://example.com")
        }
      }
      origins = read
    }
    let settings = WebSocketSettings(
      path: webSocket.path?.value ?? WebSocketSettings.pathDefault, origins: origins,
      messageBytesMax: webSocket.messageBytesMax ?? WebSocketSettings.messageBytesMaxDefault,
      headBytesMax: webSocket.headBytesMax ?? WebSocketSettings.headBytesMaxDefault)
    if settings == nil, let path = webSocket.path {
      fail(path.place, "path: '\(path.value)' does not begin with / or has characters that no path has")
    }
    return settings
  }

  /// Each network by itself, so that each wrong one is named at its place.
  private mutating func networkList(_ texts: [Placed<String>]) -> NetworkList? {
    let before = errors.count
    for text in texts {
      do {
        _ = try NetworkList([text.value])
      } catch {
        fail(text.place, "networks: \(error)")
      }
    }
    guard errors.count == before else { return nil }
    do {
      return try NetworkList(texts.map(\.value))
    } catch {
      if let first = texts.first { fail(first.place, "networks: \(error)") }
      return nil
    }
  }

  private mutating func bridgeConfiguration(_ configuration: Configuration) -> KafkaBridgeConfiguration? {
    guard let kafka = configuration.kafka else { return nil }
    let client = KafkaClient.KafkaConfiguration(kafka, embeddedServers: nil)
    let bridge = KafkaBridgeConfiguration(
      kafka: client, toKafka: configuration.mappings.toKafka.map { ToKafkaMapping($0) },
      fromKafka: configuration.mappings.fromKafka.map { FromKafkaMapping($0, instance: kafka.instance) },
      origin: kafka.instance, limits: KafkaBridgeLimits(kafka, configuration.limits))
    let problems = KafkaBridge.problems(with: bridge)
    for problem in problems {
      let property = kafka.properties.last { $0.name.value == problem.property }
      let meant =
        problem.isUnknownName
        ? Spelling.hint(for: problem.property, among: KafkaClient.KafkaConfiguration.knownNames) : ""
      fail(property?.name.place ?? kafka.place, "kafka: \(problem)\(meant)")
    }
    guard problems.isEmpty else { return nil }
    for notice in client.notices { warnings.append(ConfigurationWarning(place: kafka.place, message: notice)) }
    for error in KafkaBridge.check(bridge) {
      errors.append(ConfigurationError(error, in: configuration.mappings))
    }
    for warning in KafkaBridge.warnings(bridge) {
      warnings.append(ConfigurationWarning(warning, in: configuration.mappings))
    }
    return bridge
  }

  /// Prints what was found, one line each, to standard error.
  func report() {
    for warning in warnings { Terminal.complain("\(warning)") }
    for error in errors { Terminal.complain("\(error)") }
    if !errors.isEmpty {
      Terminal.complain("\(errors.count) \(errors.count == 1 ? "error" : "errors"): nothing was started or changed")
    }
  }
}
