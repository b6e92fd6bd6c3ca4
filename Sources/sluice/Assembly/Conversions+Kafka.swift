import BrokerCore
import Configuration
import KafkaBridge
import KafkaClient

extension KafkaClient.KafkaConfiguration {
  /// The cluster of a configuration. The embedded one gets its address when it is started.
  init(_ kafka: KafkaSection, embeddedServers: String?) {
    let servers: String =
      switch kafka.cluster {
      case .external(let servers): servers.map(\.value).joined(separator: ",")
      case .embedded: embeddedServers ?? "127.0.0.1:1"
      }
    self.init(
      bootstrapServers: servers, properties: kafka.properties.map { ($0.name.value, $0.value.value.revealed) })
    // By it Kafka's logs, metrics and quotas tell one Sluice from another.
    self = defaulting("client.id", to: kafka.instance)
  }
}

extension ToKafkaMapping {
  /// A mapping as the bridge takes it.
  init(_ mapping: ToKafkaConfiguration) {
    self.init(name: mapping.name.value, filter: mapping.filter.value, topic: mapping.topic.value)
    if let given = mapping.key { key = given.value }
    headers = mapping.headers.map { Header(name: $0.name.value, template: $0.value.value) }
    switch mapping.headerSet {
    case .none: headerSet = .none
    case .standard: headerSet = .standard
    case .all: headerSet = .all
    }
    switch mapping.acknowledge.value {
    case .kafka: acknowledge = .kafka
    case .journal: acknowledge = .journal
    case .receipt: acknowledge = .receipt
    }
    switch mapping.permanentRefusal3x {
    case .disconnect: permanentRefusal3x = .disconnect
    case .acknowledge: permanentRefusal3x = .acknowledge
    }
  }
}

extension FromKafkaMapping {
  /// A mapping as the bridge takes it. Its consumer group is one for all brokers of the same instance, which share the
  /// partitions of its topic.
  init(_ mapping: FromKafkaConfiguration, instance: String) {
    self.init(
      name: mapping.name.value, topic: mapping.topic.value, publish: mapping.publish.value,
      qos: UInt8(clamping: mapping.qos), isRetain: mapping.retain,
      group: mapping.group?.value ?? "\(instance)-\(mapping.name.value)")
    isGroupShared = mapping.group != nil
  }
}

extension KafkaBridgeLimits {
  /// The bridge's bounds that are configured, or follow from the broker's.
  init(_ kafka: KafkaSection, _ limits: LimitsConfiguration) {
    self.init()
    userPropertiesMax = limits.userPropertiesMax
    topicLevelsMax = Limits(limits).topicLevelsMax
    if let given = kafka.hopsMax { hopsMax = given }
  }
}

extension ConfigurationError {
  /// What the bridge found in a mapping, at the place of the field that it names.
  init(_ error: MappingError, in mappings: MappingsConfiguration) {
    self.init(place: mappings.place(of: error.field, in: error.mapping), message: error.message)
  }
}

extension ConfigurationWarning {
  /// What the bridge doubts about a mapping, at the place of the field that it names.
  init(_ warning: MappingWarning, in mappings: MappingsConfiguration) {
    self.init(place: mappings.place(of: warning.field, in: warning.mapping), message: warning.message)
  }
}

extension MappingsConfiguration {
  /// Where a field of a mapping is written; the mapping if it isn't, and the file if there is none of that name.
  fileprivate func place(of field: String, in name: String) -> SourcePlace {
    if let mapping = toKafka.first(where: { $0.name.value == name }) {
      switch field {
      case "filter": return mapping.filter.place
      case "topic": return mapping.topic.place
      case "key": return mapping.key?.place ?? mapping.place
      case "acknowledge": return mapping.acknowledge.place
      default:
        let header = mapping.headers.first { "headers.\($0.name.value)" == field }
        return header?.value.place ?? mapping.place
      }
    }
    guard let mapping = fromKafka.first(where: { $0.name.value == name }) else {
      return SourcePlace(file: file, line: 0, column: 0)
    }
    switch field {
    case "topic": return mapping.topic.place
    case "publish": return mapping.publish.place
    case "group": return mapping.group?.place ?? mapping.place
    default: return mapping.place
    }
  }
}
