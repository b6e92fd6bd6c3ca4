import COpenSSL
import Glibc

/// The BIO that connects OpenSSL to an ``ExchangeState``: reads come from its input, writes go to its output, neither
/// ever blocks.
enum ExchangeBIO {
  // Made once and never changed or freed; OpenSSL only reads it.
  nonisolated(unsafe) private static let method: OpaquePointer? = makeMethod()

  /// Creates a BIO on `state`, which must live longer than the BIO and all sessions that use it.
  static func make(_ state: UnsafeMutablePointer<ExchangeState>) -> OpaquePointer? {
    guard let method, let bio = BIO_new(method) else { return nil }
    BIO_set_data(bio, state)
    return bio
  }

  private static func makeMethod() -> OpaquePointer? {
    guard let method = BIO_meth_new(BIO_get_new_index() | Int32(BIO_TYPE_SOURCE_SINK), "exchange") else { return nil }
    BIO_meth_set_read(method) { bio, into, count in
      guard let state = BIO_get_data(bio)?.assumingMemoryBound(to: ExchangeState.self), let into else { return -1 }
      cossl_bio_clear_retry(bio)
      let taken = min(Int(count), state.pointee.inputLeft)
      guard taken > 0, let from = state.pointee.input else {
        cossl_bio_retry_read(bio)
        return -1
      }
      memcpy(into, from, taken)
      state.pointee.input = from + taken
      state.pointee.inputLeft &-= taken
      return Int32(truncatingIfNeeded: taken)
    }
    BIO_meth_set_write(method) { bio, bytes, count in
      guard let state = BIO_get_data(bio)?.assumingMemoryBound(to: ExchangeState.self), let bytes, count > 0 else {
        return -1
      }
      cossl_bio_clear_retry(bio)
      guard state.pointee.reserve(Int(count)), let output = state.pointee.output else { return -1 }
      memcpy(output + state.pointee.outputCount, bytes, Int(count))
      state.pointee.outputCount &+= Int(count)
      return count
    }
    BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
    BIO_meth_set_create(method) { bio in
      BIO_set_init(bio, 1)
      return 1
    }
    BIO_meth_set_destroy(method) { _ in 1 }
    return method
  }
}
