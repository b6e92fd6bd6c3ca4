/// The start of every MQTT packet: its type, flags and length (MQTT 5.0 section 2.1).
///
/// This is where to begin with the module `MQTTCodec`, which turns bytes into packets of MQTT 3.1, 3.1.1 and 5.0 and
/// back. It has no sockets, no clock and no state between packets. ``read(_:at:packetBytesMax:version:)`` finds a
/// packet in a read buffer; the `decode` function of the packet's type (``PublishPacket``, ``ConnectPacket`` and the
/// others) checks every rule that needs nothing but the packet itself, and returns ranges into the same bytes: nothing
/// is copied and nothing escapes. ``PacketEncoder`` appends packets to a ``ByteBuffer``.
///
/// All of it is safe for any bytes: a packet that breaks a rule becomes a ``ProtocolFault``, never a trap. All
/// functions are pure and may be called on any thread.
public struct FixedHeader: Sendable, Equatable {
  /// The packet's type.
  public var type: PacketType
  /// The low four bits of the first byte.
  public var flags: UInt8
  /// Where the packet's first byte is in the span.
  public var start: Int
  /// Where the rest of the packet is in the span: variable header and payload. The next packet starts at its upper
  /// bound.
  public var body: Range<Int>

  @usableFromInline @inline(__always)
  init(type: PacketType, flags: UInt8, start: Int, body: Range<Int>) {
    self.type = type
    self.flags = flags
    self.start = start
    self.body = body
  }

  /// Bytes of the whole packet.
  @inlinable
  public var packetBytes: Int { body.upperBound &- start }

  /// Whether the remaining length took no more bytes than needed, as MQTT 5.0 demands (section 1.5.5).
  @inlinable
  var isLengthMinimal: Bool { body.lowerBound &- start == 1 &+ VariableByteInteger.byteCount(body.count) }
}
