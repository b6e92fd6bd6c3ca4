import COpenSSL

/// Random bytes that nobody can predict, from OpenSSL's generator, which the kernel seeds.
public enum SecureRandom {
  /// Returns `n` random bytes. Callable on any thread.
  ///
  /// Without randomness nothing that is secret can be made, so if the generator fails, which only a broken machine can
  /// cause, the process ends.
  public static func bytes(_ n: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: max(n, 0))
    var done = 0
    while done < bytes.count {
      let count = min(bytes.count - done, Int(Int32.max))
      let ok = bytes.withUnsafeMutableBytes { buffer in
        RAND_bytes(buffer.baseAddress.map { ($0 + done).assumingMemoryBound(to: UInt8.self) }, Int32(count))
      }
      guard ok == 1 else { fatalError("no randomness: \(ErrorQueue.drainText())") }
      done += count
    }
    return bytes
  }
}
