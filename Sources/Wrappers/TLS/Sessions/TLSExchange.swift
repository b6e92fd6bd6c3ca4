import COpenSSL
import Glibc

/// What all TLS sessions of one thread share: the session that is being driven reads the input that its
/// ``TLSSession/receive(_:into:)`` was given, and appends what must be sent to ``output``. Nothing is kept for a
/// session that is idle.
///
/// Confined to one thread, with its sessions. The output grows with what is sent between two ``clearOutput()``: whoever
/// calls ``TLSSession/send(_:)`` bounds that.
public final class TLSExchange {
  let state: UnsafeMutablePointer<ExchangeState>
  /// One BIO for all sessions, each of which holds a reference: between two calls there is nothing in it that belongs
  /// to one.
  let bio: OpaquePointer?

  /// Creates an exchange that holds no output memory yet.
  public init() {
    state = .allocate(capacity: 1)
    state.initialize(to: ExchangeState())
    bio = ExchangeBIO.make(state)
    if bio == nil { ErrorQueue.clear() }
  }

  deinit {
    // Sessions hold their exchange, so none is left that could reach this memory.
    BIO_free(bio)
    free(state.pointee.output)
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// Ciphertext to send on the socket of the session that was driven; valid until the next call on the exchange or a
  /// session of it.
  public var output: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: state.pointee.output, count: state.pointee.outputCount)
  }

  /// Forgets the output once it was sent or copied: before the next session is driven. Memory that a burst needed is
  /// given back after some rounds that needed less.
  public func clearOutput() { state.pointee.clearOutput() }

  /// Bytes of memory that are held for output.
  public var outputCapacity: Int { state.pointee.outputCapacity }
}
