#if canImport(Glibc)
  public import Glibc
#else
  public import Darwin
#endif

/// A growable run of bytes: what is appended at the end leaves at the front. It holds no memory until the first append.
///
/// The output of connections: encoders append packets, the transport consumes what the socket took. A value with one
/// owner; confined to one thread at a time.
public struct ByteBuffer: ~Copyable {
  @usableFromInline var base: UnsafeMutablePointer<UInt8>?
  @usableFromInline var start = 0
  @usableFromInline var end = 0
  /// Bytes of memory held, whether or not they are filled.
  public private(set) var capacity = 0

  /// Creates an empty buffer that holds no memory.
  @inlinable
  public init() {}

  /// Creates an empty buffer with room for `capacity` bytes.
  public init(capacity: Int) {
    base = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  deinit { base?.deallocate() }

  /// Bytes appended and not yet consumed.
  @inlinable
  public var count: Int { end &- start }

  /// Whether there is nothing to consume.
  @inlinable
  public var isEmpty: Bool { start == end }

  /// The bytes, from the oldest; valid until the next mutation.
  @inlinable
  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base.map { $0 + start }, count: count) }

  /// Makes room for `extra` bytes, at least 1, and returns where they go; call ``commit(_:)`` with how many were
  /// written there.
  @inlinable @inline(__always)
  public mutating func reserve(_ extra: Int) -> UnsafeMutablePointer<UInt8> {
    if capacity &- end < extra { grow(extra) }
    return base.unsafelyUnwrapped + end
  }

  /// Counts `written` bytes, at most what was reserved, as appended.
  @inlinable @inline(__always)
  public mutating func commit(_ written: Int) { end &+= written }

  /// Appends one byte.
  @inlinable
  public mutating func append(_ byte: UInt8) {
    reserve(1).pointee = byte
    end &+= 1
  }

  /// Appends bytes.
  @inlinable
  public mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let from = bytes.baseAddress, bytes.count > 0 else { return }
    memcpy(reserve(bytes.count), from, bytes.count)
    end &+= bytes.count
  }

  /// Removes `n` bytes, at most ``count``, from the front.
  @inlinable
  public mutating func consume(_ n: Int) {
    start &+= n
    if start == end {
      start = 0
      end = 0
    }
  }

  /// Takes the last `n` bytes, at most ``count``, back.
  @inlinable
  public mutating func removeLast(_ n: Int) { end &-= n }

  /// Removes all bytes and keeps the memory.
  @inlinable
  public mutating func removeAll() {
    start = 0
    end = 0
  }

  @usableFromInline @inline(never)
  mutating func grow(_ extra: Int) {
    let used = count
    if start > 0, capacity &- used >= extra, let base {
      memmove(base, base + start, used)
    } else {
      var wanted = max(capacity * 2, 512)
      while wanted < used + extra { wanted *= 2 }
      let bigger = UnsafeMutablePointer<UInt8>.allocate(capacity: wanted)
      if let base {
        if used > 0 { memcpy(bigger, base + start, used) }
        base.deallocate()
      }
      base = bigger
      capacity = wanted
    }
    start = 0
    end = used
  }
}
