import COpenSSL
import Glibc

/// The memory behind a ``TLSExchange``: what the BIO's callbacks read and fill. It is plain memory and not an object,
/// so that the callbacks count no references.
struct ExchangeState {
  /// The output's memory is not made smaller than this: a full TLS record and the handshake's messages fit.
  static let outputBytesMin = 64 * 1024
  /// After so many flushes in a row that used less than a quarter of the output's memory, half of it is given back.
  static let quietFlushesMax = 64

  /// The ciphertext that is not consumed yet, of the call that is under way.
  var input: UnsafeRawPointer?
  var inputLeft = 0
  /// What ``ControlMessages`` counted in the call that is under way.
  var controlMessages = 0
  /// Ciphertext to be sent.
  var output: UnsafeMutableRawPointer?
  var outputCount = 0
  var outputCapacity = 0
  var quietFlushes = 0

  /// Makes room for `extra` more bytes of output; `false` if there is no memory for it.
  @inline(__always)
  mutating func reserve(_ extra: Int) -> Bool {
    outputCapacity &- outputCount >= extra || grow(extra)
  }

  @inline(never)
  private mutating func grow(_ extra: Int) -> Bool {
    var wanted = max(outputCapacity, Self.outputBytesMin)
    while wanted &- outputCount < extra {
      let (doubled, overflow) = wanted.multipliedReportingOverflow(by: 2)
      if overflow { return false }
      wanted = doubled
    }
    return resize(to: wanted)
  }

  private mutating func resize(to bytes: Int) -> Bool {
    guard let memory = realloc(output, bytes) else { return false }
    output = memory
    outputCapacity = bytes
    return true
  }

  /// Forgets the output, and gives memory back when much less than what is held was used for a while.
  mutating func clearOutput() {
    if outputCapacity > Self.outputBytesMin {
      quietFlushes = outputCount < outputCapacity / 4 ? quietFlushes &+ 1 : 0
      if quietFlushes >= Self.quietFlushesMax {
        quietFlushes = 0
        _ = resize(to: max(outputCapacity / 2, Self.outputBytesMin))
      }
    }
    outputCount = 0
  }
}
