import COpenSSL
import Glibc

/// What all TLS sessions of a server's listener have in common: certificate, key, authorities, versions, cipher suites.
///
/// The module wraps OpenSSL 3.0: contexts, sessions over memory (``TLSSession``), certificates and their making
/// (``CertificateAuthority``), digests and password hashes (``PasswordHash``). No pointer and no name of OpenSSL
/// crosses its border, but for ``opaqueHandle``.
///
/// A context never changes after `init` and may be used by all threads. A session holds what it needs of its context,
/// so a reload makes a new one and drops the old one while sessions live. Session resumption is off (no tickets, no
/// cache), so each connection shows its certificate; renegotiation and compression are off. What a stranger can make a
/// handshake cost has bounds: the groups, what a ClientHello lists, what a client's chain consists of.
public final class TLSContext: Sendable {
  nonisolated(unsafe) private let context: OpaquePointer

  /// What works but should be looked at, such as an expired certificate; each a sentence for the log.
  public let warnings: [String]
  /// The server's own certificate; it has the same facts as a peer's.
  public let serverCertificate: PeerCertificate

  /// The `SSL_CTX`, for `HTTPServer` only, whose library wants one. It lives as long as this object or a session of it.
  public var opaqueHandle: OpaquePointer { context }

  /// Reads and checks the files, and makes the context.
  ///
  /// - Parameter now: Unix seconds against which validity is checked for ``warnings``; `nil` for the clock's.
  /// - Throws: ``TLSError`` of kind `file`, `certificate`, `key` or `option`.
  public init(_ options: TLSServerOptions, now: Int64? = nil) throws(TLSError) {
    guard let context = SSL_CTX_new(TLS_server_method()) else {
      throw TLSError(kind: .internalFailure, message: "no TLS context could be made: \(ErrorQueue.drainText())")
    }
    let now = now ?? Int64(time(nil))
    do throws(TLSError) {
      try Self.setProtocol(context, options)
      var warnings: [String] = []
      serverCertificate = try Self.setCertificate(context, options, now: now, &warnings)
      try Self.setClientAuthorities(context, options, now: now, &warnings)
      Self.completeChain(context)
      try Self.setApplicationProtocols(context, options.alpnProtocols)
      self.warnings = warnings
      self.context = context
    } catch {
      SSL_CTX_free(context)
      throw error
    }
  }

  deinit { SSL_CTX_free(context) }
}
