import MQTTCodec

/// The beginning of the topics on which a client takes responses: a topic name in which whole levels may be
/// `{client}`, `{user}` or `{certificate}` (MQTT 5.0 section 4.10).
public struct ResponseTemplate: Sendable {
  private enum Level: Sendable {
    case text([UInt8])
    case client
    case user
    case certificate
  }

  /// The longest template in bytes; more would fill the CONNACK for nothing.
  public static let bytesMax = 1_024

  private let levels: [Level]

  /// Reads a template as it is written. Throws what is wrong with it.
  public init(_ text: String) throws(ResponseTemplateError) {
    let bytes = Array(text.utf8)
    guard bytes.count <= Self.bytesMax else {
      throw ResponseTemplateError(description: "it is longer than \(Self.bytesMax) bytes")
    }
    guard bytes.withUnsafeBytes({ TopicName.isValid($0) }), !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
      throw ResponseTemplateError(
        description: "it is no topic name: it is empty, or has a wildcard or control character")
    }
    guard bytes.first != UInt8(ascii: "$") else {
      throw ResponseTemplateError(description: "clients never publish to topics that begin with $")
    }
    var levels: [Level] = []
    for level in bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      switch String(decoding: level, as: UTF8.self) {
      case "{client}": levels.append(.client)
      case "{user}": levels.append(.user)
      case "{certificate}": levels.append(.certificate)
      case let other where other.contains("{") || other.contains("}"):
        throw ResponseTemplateError(
          description: "'\(other)': braces are for {client}, {user} and {certificate}, each a whole level")
      default: levels.append(.text(Array(level)))
      }
    }
    self.levels = levels
  }

  /// The text for one client, its names put in as literal levels.
  ///
  /// Nil when a name is missing or can't be one literal level: with a slash or a wildcard in it a client could choose a
  /// name that sends responses into the topics of others, or to all (CVE-2017-7650).
  public func text(for client: Publisher) -> String? {
    var result: [UInt8] = []
    for (number, level) in levels.enumerated() {
      if number > 0 { result.append(UInt8(ascii: "/")) }
      switch level {
      case .text(let bytes): result += bytes
      case .client: guard Self.append(client.clientID, to: &result) else { return nil }
      case .user: guard Self.append(client.userName, to: &result) else { return nil }
      case .certificate: guard Self.append(client.certificateName, to: &result) else { return nil }
      }
    }
    // What no property can hold is no answer.
    return result.count <= Int(UInt16.max) ? String(decoding: result, as: UTF8.self) : nil
  }

  private static func append(_ name: [UInt8], to result: inout [UInt8]) -> Bool {
    let isLiteral = name.allSatisfy { byte in
      byte >= 0x20 && byte != 0x7F && byte != UInt8(ascii: "/") && byte != UInt8(ascii: "+")
        && byte != UInt8(ascii: "#")
    }
    guard !name.isEmpty, isLiteral, !result.isEmpty || name.first != UInt8(ascii: "$") else { return false }
    result += name
    return true
  }
}
