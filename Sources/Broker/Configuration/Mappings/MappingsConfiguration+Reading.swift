extension MappingsConfiguration {
  /// Reads the mappings file's top section; nil stands for a file without keys.
  init(file: String, _ section: Section?, _ problems: Problems) {
    self.file = file
    var names = NameRegister(of: "mapping")
    var toKafka: [ToKafkaConfiguration] = []
    for entry in section?.optional("to_kafka")?.list() ?? [] {
      guard let mapping = entry.section(called: "mapping") else { continue }
      if let read = ToKafkaConfiguration.read(mapping, &names) { toKafka.append(read) }
    }
    var fromKafka: [FromKafkaConfiguration] = []
    for entry in section?.optional("from_kafka")?.list() ?? [] {
      guard let mapping = entry.section(called: "mapping") else { continue }
      if let read = FromKafkaConfiguration.read(mapping, &names) { fromKafka.append(read) }
    }
    section?.finish()
    self.toKafka = toKafka
    self.fromKafka = fromKafka
  }

  var isEmpty: Bool { toKafka.isEmpty && fromKafka.isEmpty }
}

extension ToKafkaConfiguration {
  fileprivate static func read(_ section: Section, _ names: inout NameRegister) -> ToKafkaConfiguration? {
    let name = section.required("name")?.string()
    names.take(name, section.problems)
    let filter = section.required("filter")?.string(expected: "a topic filter")
    let topic = section.required("topic")?.string()
    let key = section.optional("key")?.string()
    let headers = section.optional("headers")?.entries()?.compactMap { name, value in
      value.string().map { Header(name: name, value: $0) }
    }
    let headerSet = section.optional("header_set")?.choice(HeaderSet.self)
    let acknowledge = section.optional("acknowledge")?.choice(Acknowledge.self)
    let permanentRefusal3x = section.optional("permanent_refusal_3x")?.choice(PermanentRefusal3x.self)
    section.finish()
    guard let name, let filter, let topic else { return nil }
    return ToKafkaConfiguration(
      place: section.place, name: name, filter: filter, topic: topic, key: key, headers: headers ?? [],
      headerSet: headerSet?.value ?? .standard, acknowledge: acknowledge ?? Placed(.kafka, at: name.place),
      permanentRefusal3x: permanentRefusal3x?.value ?? .disconnect)
  }
}

extension FromKafkaConfiguration {
  fileprivate static func read(_ section: Section, _ names: inout NameRegister) -> FromKafkaConfiguration? {
    let name = section.required("name")?.string()
    names.take(name, section.problems)
    let topic = section.required("topic")?.string()
    let publish = section.required("publish")?.string(expected: "a topic template")
    let qos = section.optional("qos")?.number(.count, in: 0...2)
    let retain = section.optional("retain")?.bool()
    let group = section.optional("group")?.string()
    section.finish()
    guard let name, let topic, let publish else { return nil }
    return FromKafkaConfiguration(
      place: section.place, name: name, topic: topic, publish: publish, qos: qos?.value ?? 1,
      retain: retain?.value ?? false, group: group)
  }
}
