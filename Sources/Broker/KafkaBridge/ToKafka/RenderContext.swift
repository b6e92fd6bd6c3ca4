internal import BrokerCore

/// What a template towards Kafka is filled from.
struct RenderContext {
  let topic: UnsafeRawBufferPointer
  let captures: [Range<Int>]
  /// nil while only the topic is known; templates that need more must not be rendered then.
  var publisher: Publisher?
  var qos: UInt8 = 0

  func render(_ template: Template) -> [UInt8] {
    var text: [UInt8] = []
    for part in template.parts {
      switch part {
      case .literal(let bytes): text += bytes
      case .variable(let variable, _):
        switch variable {
        case .capture(let index): text += topic[captures[index]]
        case .topic: text += topic
        case .client: text += publisher?.clientID ?? []
        case .user: text += publisher?.userName ?? []
        case .certificate: text += publisher?.certificateName ?? []
        case .qos: text.append(UInt8(ascii: "0") + qos)
        // Not in the vocabulary of this direction.
        case .key, .partition, .offset, .header: break
        }
      }
    }
    return text
  }
}
