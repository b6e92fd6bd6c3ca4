import Glibc
import YAML

extension Configuration {
  /// Reads and checks the configuration whose main file lies at `path`.
  ///
  /// Blocks on the file system, starts nothing and changes nothing: a check before a start or a reload. Each file is at
  /// most 4 MiB.
  ///
  /// - Parameters:
  ///   - path: the main file; places name it, and the files that it names, by this path.
  ///   - environment: looks a variable up; the process's own by default.
  public static func load(_ path: String, environment: ((String) -> String?)? = nil) -> ConfigurationReport {
    let problems = Problems()
    let configuration = read(path, problems, environment ?? { name in getenv(name).map { String(cString: $0) } })
    let (errors, warnings) = problems.sorted()
    return ConfigurationReport(
      configuration: errors.isEmpty ? configuration : nil, errors: errors, warnings: warnings)
  }

  private static func read(
    _ path: String, _ problems: Problems, _ environment: @escaping (String) -> String?
  ) -> Configuration? {
    let lookup = Lookup(problems: problems, environment: environment, folder: Folder(of: path))
    let whole = SourcePlace(file: path, line: 0, column: 0)
    var source = SourceFile(path, lookup: lookup)
    if let reason = source.read() { problems.error(at: whole, "the file \(reason)") }
    guard let section = source.section else {
      if source.isEmpty {
        problems.error(at: SourcePlace(file: path, line: 1, column: 1), "the file is empty: missing key \"listeners\"")
      }
      return nil
    }
    let listed = section.required("listeners")
    let authentication = AuthenticationConfiguration(section.subsection("authentication"))
    let limits = LimitsConfiguration(section.subsection("limits"))
    let listeners = ListenerConfiguration.list(listed, limits)
    let mqtt = MQTTConfiguration(section.subsection("mqtt"))
    let kafka = section.subsection("kafka").flatMap(KafkaConfiguration.init)
    let shards = section.optional("shards")?.number(.count, in: 1...256)
    let log = LogConfiguration(section.subsection("log"))
    let administration = AdministrationConfiguration(section.subsection("administration"), file: path)
    let access = access(section)
    let mappings = mappings(section, kafka)
    section.finish()
    warnIfNobodyCanConnect(listeners, authentication, section)
    guard let access, let mappings else { return nil }
    return Configuration(
      file: path, listeners: listeners, authentication: authentication, mqtt: mqtt, limits: limits, kafka: kafka,
      shards: shards?.value, log: log, administration: administration, access: access, mappings: mappings)
  }

  private static func access(_ section: Section) -> AccessConfiguration? {
    guard let named = file(section, "access", standard: "access.yaml") else { return nil }
    var source = SourceFile(named.path.value, lookup: section.lookup)
    if let reason = source.read() {
      section.problems.error(
        at: named.path.place, "access: the file \(YAMLError.quoted(named.path.value)) \(reason)\(named.note)")
    }
    guard source.section != nil || source.isEmpty else { return nil }
    return AccessConfiguration(file: named.path.value, source.section, section.problems)
  }

  private static func mappings(_ section: Section, _ kafka: KafkaConfiguration?) -> MappingsConfiguration? {
    guard let named = file(section, "mappings", standard: "mappings.yaml") else { return nil }
    let file = named.path.value
    let problems = section.problems
    let hasKafka = section.place(of: "kafka") != nil
    var source = SourceFile(file, lookup: section.lookup)
    if let reason = source.read() {
      // Without Kafka nobody needs the file, unless someone names it.
      if source.isMissing, named.isStandard, !hasKafka {
        return MappingsConfiguration(file: file, toKafka: [], fromKafka: [])
      }
      problems.error(at: named.path.place, "mappings: the file \(YAMLError.quoted(file)) \(reason)\(named.note)")
    }
    guard source.section != nil || source.isEmpty else { return nil }
    let errorsBefore = problems.errorCount
    let mappings = MappingsConfiguration(file: file, source.section, problems)
    let top = SourcePlace(file: file, line: 1, column: 1)
    if hasKafka, mappings.isEmpty, problems.errorCount == errorsBefore {
      problems.warning(at: top, "no mapping: nothing goes to Kafka, and nothing comes from it")
    } else if !hasKafka, !mappings.isEmpty {
      problems.warning(at: top, "the mappings have no effect: \(section.place.file) has no section \"kafka\"")
    }
    return mappings
  }

  /// The path of a file that the main file names, and who asked for it.
  private static func file(
    _ section: Section, _ key: String, standard: String
  ) -> (path: Placed<String>, isStandard: Bool, note: String)? {
    if let value = section.optional(key) { return value.path().map { ($0, false, "") } }
    let place = SourcePlace(file: section.place.file, line: 0, column: 0)
    return (Placed(section.lookup.folder.path(standard), at: place), true, " (the default of the key \"\(key)\")")
  }

  private static func warnIfNobodyCanConnect(
    _ listeners: [ListenerConfiguration], _ authentication: AuthenticationConfiguration, _ section: Section
  ) {
    let asksForCertificates = listeners.contains(where: \.asksForCertificates)
    if authentication.clientAddressBinding == .certificate, section.problems.errorCount == 0 {
      for listener in listeners where !listener.asksForCertificates {
        section.problems.warning(
          at: listener.name.place,
          "no client can connect to \(YAMLError.quoted(listener.name.value)): client_address: certificate wants a "
            + "certificate of each client, and this listener asks for none")
      }
    }
    guard section.problems.errorCount == 0, !authentication.anonymous, authentication.passwordFile == nil,
      !(authentication.certificates && asksForCertificates)
    else { return }
    section.problems.warning(
      at: section.place(of: "authentication") ?? section.place,
      "no client can connect: set a password_file, ask for client certificates on a listener, or allow anonymous")
  }
}

extension ListenerConfiguration {
  fileprivate var asksForCertificates: Bool {
    guard let tls else { return false }
    return tls.clientCertificates != .none
  }
}

extension Section {
  /// The section under a key, or nil if the key is not there.
  fileprivate func subsection(_ key: String) -> Section? { optional(key)?.section(called: key) }
}
