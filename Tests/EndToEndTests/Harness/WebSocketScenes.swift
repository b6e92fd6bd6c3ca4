import Foundation

/// A broker with every kind of listener for WebSocket, and what pages in a browser need.
enum WebSocketScenes {
  /// Debian's browser that has no window, or what else there is.
  static let browser = ["chromium-headless-shell", "chromium", "google-chrome"].map { "/usr/bin/\($0)" }
    .first { FileManager.default.isExecutableFile(atPath: $0) }
  static let pagePort = Result { try FreePorts.take() }
  static let pageOrigin = Result { "http://127.0.0.1:\(try pagePort.get())" }

  /// Chromium without a window gives up where it is asked for a certificate, so pages have a listener of their own.
  static func files() async throws -> SluiceFiles {
    let certificates = try await DevelopmentCertificates.make()
    let server =
      "certificate: \(certificates.certificate(of: "server")), key: \(certificates.key(of: "server"))"
    let mutual = "\(server), client_certificates: required, client_ca: \(certificates.authority)"
    let listeners = [
      "name: ws, protocol: ws",
      "name: small, protocol: ws, websocket: { message_bytes_max: 1 KiB }",
      "name: wss, protocol: wss, tls: { \(mutual) }",
      "name: pages, protocol: wss, tls: { \(server) }, websocket: { origins: [\"\(try pageOrigin.get())\"] }",
      "name: elsewhere, protocol: wss, tls: { \(server) }, websocket: { origins: [\"https://elsewhere.example\"] }",
      "name: proxied, protocol: wss, tls: { \(mutual) }, versions: [3.1.1],"
        + " proxy_protocol: { networks: [127.0.0.0/8] }",
    ]
    return SluiceFiles(
      certificates: certificates, isAnonymousAllowed: true,
      moreListeners: listeners.map { "  - { \($0), bind: \"127.0.0.1:0\" }\n" }.joined(),
      moreListenerNames: ["ws", "small", "wss", "pages", "elsewhere", "proxied"], access: SluiceFiles.openAccess)
  }
}
