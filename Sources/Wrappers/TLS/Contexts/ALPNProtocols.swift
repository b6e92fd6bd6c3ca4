import COpenSSL
import Glibc

/// The application protocols a context accepts, in memory that OpenSSL's context owns: it must live as long as that
/// one, which sessions keep alive.
enum ALPNProtocols {
  // The index under which contexts hold the list; made once.
  private static let index = cossl_ctx_ex_index { _, list, _, _, _, _ in free(list) }

  /// Makes `context` choose among `names`, best first; `false` when there is no memory.
  static func set(_ names: [String], on context: OpaquePointer) -> Bool {
    // The list is in the format of the extension, each name behind its length, and ends with a zero length.
    var wire: [UInt8] = []
    for name in names { wire += [UInt8(name.utf8.count)] + name.utf8 }
    wire.append(0)
    guard index >= 0, let list = malloc(wire.count) else { return false }
    UnsafeMutableRawBufferPointer(start: list, count: wire.count).copyBytes(from: wire)
    guard SSL_CTX_set_ex_data(context, index, list) == 1 else {
      free(list)
      return false
    }
    SSL_CTX_set_alpn_select_cb(context, choose, list)
    return true
  }

  private static var choose: SSL_CTX_alpn_select_cb_func {
    { _, chosen, chosenLength, offered, offeredLength, context in
      guard let list = context?.assumingMemoryBound(to: UInt8.self), let offered, let chosen, let chosenLength else {
        return SSL_TLSEXT_ERR_ALERT_FATAL
      }
      var wanted = UnsafePointer(list)
      while wanted.pointee > 0 {
        let length = Int(wanted.pointee)
        var at = 0
        // OpenSSL has checked that the lengths in the offer add up; reading past the end is excluded all the same.
        while at < Int(offeredLength), at + 1 + Int(offered[at]) <= Int(offeredLength) {
          if Int(offered[at]) == length, memcmp(offered + at + 1, wanted + 1, length) == 0 {
            chosen.pointee = offered + at + 1
            chosenLength.pointee = UInt8(length)
            return SSL_TLSEXT_ERR_OK
          }
          at += 1 + Int(offered[at])
        }
        wanted += 1 + length
      }
      return SSL_TLSEXT_ERR_ALERT_FATAL
    }
  }
}
