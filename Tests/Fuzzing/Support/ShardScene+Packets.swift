import MQTTCodec

@testable import BrokerCore

/// Packets of a client, mostly sensible.
extension ShardScene {
  static let topics = ["a", "a/b", "a/b/c", "k/1", "k/2", "no", "will", "a/b/c/d", "", "$x"]
  static let filters = [
    "a", "a/+", "#", "a/#", "+/b/#", "k/+", "no", "$share/g/a", "$share/h/#", "$share/g/a/#", "will", "a//", "+",
    "$share/g", "a/b/c/d/e/f/g",
  ]

  func connectOptions() -> ConnectOptions {
    let version = input.pick(ProtocolVersion.allCases)
    var options = ConnectOptions(input.pick(["c0", "c1", "c2", "c3", "c4", "c5", ""]), version)
    let choices = input.byte()
    if choices & 1 != 0 { options = .durable(options.clientID, version) }
    if choices & 2 != 0 {
      options.will = WillOptions(topic: input.pick(Self.topics), qos: input.below(3), isRetain: input.flag())
      if version == .v5 { options.will?.delaySeconds = input.below(6) }
    }
    if choices & 4 != 0 { options.keepAlive = input.below(4) }
    if choices & 8 != 0 { options.userName = input.pick(["u", "v", ""]) }
    guard version == .v5 else { return options }
    if choices & 16 != 0 { options.receiveMaximum = 1 + input.below(3) }
    if choices & 32 != 0 { options.packetBytesMax = 1 + input.below(60) }
    if choices & 64 != 0 { options.topicAliasMaximum = input.below(3) }
    if choices & 128 != 0 {
      options.sessionExpiry = input.pick([0, 1, 5, 0xFFFF_FFFF])
      if input.flag() { options.authenticationMethod = "m" }
    }
    return options
  }

  func bytes(for client: TestConnection) -> [UInt8] {
    let isV5 = client.version == .v5
    let none: [UInt8] = isV5 ? [0] : []
    switch input.below(16) {
    case 0...4: return publish(isV5)
    case 5, 6:
      let list = isV5 ? properties(input.below(3) == 0 ? [0x0B, UInt8(1 + input.below(5))] : []) : []
      let requests = (0...input.below(3)).flatMap { _ in
        text(input.pick(Self.filters)) + [input.byte() & (isV5 ? 0x3F : 0x03)]
      }
      return packet(0x82, id, list, requests)
    case 7: return packet(0xA2, id, none, text(input.pick(Self.filters)))
    case 8: return packet(0x62, id)
    case 9: return packet(0x40, id, reason(isV5))
    case 10: return packet(0x50, id, reason(isV5))
    case 11: return packet(0x70, id)
    case 12: return packet(0xC0)
    case 13:
      guard input.below(3) == 0 else { return packet(0x62, id) }
      return packet(0xE0, isV5 ? [input.pick([0, 4])] + properties([0x11] + four(input.below(20))) : [])
    case 14:
      return packet(0xF0, [input.pick([0x18, 0x19])], properties([0x15] + text("m"), [0x16] + field(input.some(2))))
    default: return connectOptions().bytes
    }
  }

  private var id: [UInt8] { two(input.below(7)) }

  private func reason(_ isV5: Bool) -> [UInt8] { isV5 && input.below(4) == 0 ? [input.pick([0x10, 0x80, 0x97])] : [] }

  private func publish(_ isV5: Bool) -> [UInt8] {
    let flags = input.byte() & 0x0F
    var payload = [UInt8](repeating: 120, count: input.below(5))
    if input.below(8) == 0 { payload = [UInt8](repeating: 0xFF, count: input.byte() == 0 ? 390 : 50) }
    return packet(
      0x30 | flags, text(input.pick(Self.topics)), flags & 0b110 == 0 ? [] : id, isV5 ? publishProperties() : [],
      payload)
  }

  private func publishProperties() -> [UInt8] {
    let choices = input.byte()
    guard choices & 1 != 0 else { return [0] }
    return properties(
      choices & 2 != 0 ? [0x23] + two(input.below(5)) : [], choices & 4 != 0 ? [0x02] + four(input.below(4)) : [],
      choices & 8 != 0 ? [0x01, UInt8(input.below(2))] : [], choices & 16 != 0 ? [0x08] + text("answers") : [],
      choices & 32 != 0 ? [0x09] + field([0xFF, 0]) : [], choices & 64 != 0 ? [0x26] + text("n") + text("v") : [],
      choices & 128 != 0 ? [0x03] + text("text") : [])
  }
}
