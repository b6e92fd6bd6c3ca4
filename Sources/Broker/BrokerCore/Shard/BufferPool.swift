import MQTTCodec

/// Output buffers of one shard between flushes: a connection has one only while there is something to send.
struct BufferPool: ~Copyable {
  /// As many clients as are sent something in most rounds: 16 MiB at the most, where each had much.
  private static let buffersMax = 256
  private static let bufferBytes = 4096
  /// A buffer that a burst made larger goes back to the system.
  private static let keptBytesMax = 65_536
  private let buffers: UnsafeMutablePointer<ByteBuffer>
  private var count = 0

  init() { buffers = .allocate(capacity: Self.buffersMax) }

  deinit {
    buffers.deinitialize(count: count)
    buffers.deallocate()
  }

  /// Gives an empty buffer memory.
  mutating func lend(to buffer: inout ByteBuffer) {
    if count > 0 {
      count &-= 1
      buffer = (buffers + count).move()
    } else {
      buffer = ByteBuffer(capacity: Self.bufferBytes)
    }
  }

  /// Takes a buffer's memory.
  mutating func takeBack(_ buffer: inout ByteBuffer) {
    guard buffer.capacity > 0 else { return }
    var taken = ByteBuffer()
    swap(&taken, &buffer)
    guard taken.capacity <= Self.keptBytesMax, count < Self.buffersMax else { return }
    taken.removeAll()
    (buffers + count).initialize(to: taken)
    count &+= 1
  }
}
