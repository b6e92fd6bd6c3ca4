/// The ports of one Sluice under test, all on 127.0.0.1.
struct SluicePorts: Sendable {
  let mqtt: UInt16
  let mqtts: UInt16
  let administration: UInt16
  let kafka: UInt16

  static func take() throws -> SluicePorts {
    SluicePorts(
      mqtt: try FreePorts.take(), mqtts: try FreePorts.take(), administration: try FreePorts.take(),
      kafka: try FreePorts.take())
  }
}
