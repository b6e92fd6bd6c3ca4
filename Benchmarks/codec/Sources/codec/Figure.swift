import MQTTCodec

/// What one kind of packet costs in one direction: a line of JSON.
struct Figure {
  let direction: String
  let version: ProtocolVersion
  let kind: String
  let bytes: Int
  let nanoseconds: [Double]

  var line: String {
    let name =
      switch version {
      case .v3_1: "3.1"
      case .v3_1_1: "3.1.1"
      case .v5: "5.0"
      }
    return """
      {"direction": "\(direction)", "version": "\(name)", "kind": "\(kind)", "bytes": \(bytes), "ns": \(nanoseconds)}
      """
  }
}
