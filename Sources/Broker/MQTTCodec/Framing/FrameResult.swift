/// What ``FixedHeader/read(_:at:packetBytesMax:version:)`` found at an offset.
public enum FrameResult {
  /// A whole packet lies in the bytes.
  case frame(FixedHeader)
  /// More bytes are needed: at least `neededBytes` in all, counted from the packet's first byte.
  case incomplete(neededBytes: Int)
  /// These bytes can't become a packet that a client may send; the connection is to be closed.
  case malformed(ProtocolFault)
}
