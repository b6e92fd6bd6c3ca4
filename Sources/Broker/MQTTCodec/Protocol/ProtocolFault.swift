/// Why bytes are not a packet that a server may accept: the reason code to close the connection with, and what was
/// wrong.
public struct ProtocolFault: Error, Sendable, Equatable, CustomStringConvertible {
  /// The reason code that MQTT 5.0 asks for.
  public let reason: ReasonCode
  /// What was wrong, for the log; it never holds anything of the packet's content.
  public let explanation: StaticString

  /// Makes a fault; `explanation` is a literal, so that a fault costs no allocation.
  @inlinable
  public init(_ reason: ReasonCode, _ explanation: StaticString) {
    self.reason = reason
    self.explanation = explanation
  }

  /// The explanation as text.
  public var description: String { explanation.description }

  /// Whether reason and explanation are the same.
  public static func == (a: ProtocolFault, b: ProtocolFault) -> Bool {
    a.reason == b.reason && a.explanation.description == b.explanation.description
  }
}

extension ProtocolFault {
  @usableFromInline
  static func malformed(_ explanation: StaticString) -> ProtocolFault { ProtocolFault(.malformedPacket, explanation) }
  @usableFromInline
  static func protocolError(_ explanation: StaticString) -> ProtocolFault { ProtocolFault(.protocolError, explanation) }
  @usableFromInline
  static var truncated: ProtocolFault { .malformed("the packet ends before its last field does") }
}
