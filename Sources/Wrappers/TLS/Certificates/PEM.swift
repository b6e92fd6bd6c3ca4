import COpenSSL

/// Reads certificates and keys from PEM text in memory. Nothing here ever asks a person for a passphrase.
enum PEM {
  /// The longest passphrase that OpenSSL has room for.
  static let passphraseBytesMax = Int(PEM_BUFSIZE)

  /// The certificates of `bytes`, in their order; what else is in the text is skipped. The caller owns them.
  ///
  /// - Throws: ``TLSError`` of kind `certificate` when one does not parse or there is none.
  static func certificates(_ bytes: [UInt8], what: String) throws(TLSError) -> [OpaquePointer] {
    var found: [OpaquePointer] = []
    var trouble: String?
    withReader(bytes) { reader in
      while let certificate = PEM_read_bio_X509(reader, nil, { _, _, _, _ in -1 }, nil) { found.append(certificate) }
      let errors = ErrorQueue.drain()
      // The end of the text is reported as "no start line"; everything else is a damaged certificate.
      if let last = errors.last, !(last.library == Int32(ERR_LIB_PEM) && last.reason == PEM_R_NO_START_LINE) {
        trouble = "certificate \(found.count + 1) in it does not parse (\(last.text))"
      }
    }
    if trouble == nil, found.isEmpty {
      trouble = "there is no certificate in it (a PEM file has a line -----BEGIN CERTIFICATE-----)"
    }
    if let trouble {
      for certificate in found { X509_free(certificate) }
      throw TLSError(kind: .certificate, message: "\(what): \(trouble)")
    }
    return found
  }

  /// The first private key of `bytes`. The caller owns it.
  ///
  /// - Throws: ``TLSError`` of kind `key` when there is none, it does not parse, or the passphrase is missing or wrong.
  static func privateKey(_ bytes: [UInt8], passphrase: [UInt8]?, what: String) throws(TLSError) -> OpaquePointer {
    if let passphrase, passphrase.isEmpty || passphrase.count > passphraseBytesMax {
      throw TLSError(kind: .key, message: "\(what): a passphrase has 1 to \(passphraseBytesMax) bytes")
    }
    var request = PassphraseRequest(passphrase: passphrase)
    let key = withReader(bytes) { reader in
      withUnsafeMutablePointer(to: &request) { request in
        PEM_read_bio_PrivateKey(
          reader, nil,
          { buffer, size, writing, context in PEM.givePassphrase(buffer, size, writing, context) }, request)
      }
    }
    let reasons = ErrorQueue.drainText()
    if let key { return key }
    guard request.wasAsked else {
      throw TLSError(
        kind: .key,
        message: "\(what): there is no private key in it that parses (a PEM file has a line "
          + "-----BEGIN PRIVATE KEY-----): \(reasons)")
    }
    throw TLSError(
      kind: .key,
      message: passphrase == nil
        ? "\(what): the private key is encrypted; give its passphrase"
        : "\(what): the passphrase does not open the private key")
  }

  private struct PassphraseRequest {
    let passphrase: [UInt8]?
    var wasAsked = false
  }

  private static func givePassphrase(
    _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int32, _: Int32, _ context: UnsafeMutableRawPointer?
  ) -> Int32 {
    guard let request = context?.assumingMemoryBound(to: PassphraseRequest.self), let buffer else { return -1 }
    request.pointee.wasAsked = true
    guard let passphrase = request.pointee.passphrase, passphrase.count <= Int(size) else { return -1 }
    UnsafeMutableRawBufferPointer(start: buffer, count: Int(size)).copyBytes(from: passphrase)
    return Int32(passphrase.count)
  }

  /// Calls `body` with a BIO that reads `bytes`.
  private static func withReader<Result>(_ bytes: [UInt8], _ body: (OpaquePointer?) -> Result) -> Result {
    bytes.withUnsafeBytes { buffer in
      let reader = BIO_new_mem_buf(buffer.baseAddress, Int32(clamping: buffer.count))
      defer { BIO_free(reader) }
      return body(reader)
    }
  }
}
