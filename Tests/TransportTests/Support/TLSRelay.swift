import Foundation
import TLS
import Testing

/// TLS on the way to a broker, by Python's `ssl`: what comes in on the relay's port goes out encrypted, one connection
/// for each, so that a plain client speaks TLS. The broker's certificate comes from here too.
final class TLSRelay {
  private let process = Process()
  private let input = Pipe()
  let port: UInt16

  /// Starts relaying to a port of the loopback interface.
  init(to target: UInt16) throws {
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = ["-c", Self.source, "\(target)"]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let line = output.fileHandleForReading.availableData
    port = try #require(UInt16(String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)))
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// A server's context with a fresh certificate.
  static func makeContext() throws -> TLSContext {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("transport-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let now = Int64(Date().timeIntervalSince1970)
    let certificate = folder.appendingPathComponent("server.crt").path
    let key = folder.appendingPathComponent("server.key").path
    try CertificateAuthority.create(commonName: "Test", validDays: 10, now: now)
      .issueServer(dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"], validDays: 5, now: now)
      .write(certificateFile: certificate, privateKeyFile: key)
    return try TLSContext(TLSServerOptions(certificateChainFile: certificate, privateKeyFile: key))
  }

  private static let source = #"""
    import os, select, socket, ssl, sys, threading
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    listener = socket.create_server(("127.0.0.1", 0), backlog=200)

    def relay(plain):
        try:
            raw = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            cipher = context.wrap_socket(raw)
            while True:
                ready = [cipher] if cipher.pending() else select.select([plain, cipher], [], [])[0]
                if plain in ready:
                    data = plain.recv(65536)
                    if not data:
                        break
                    cipher.sendall(data)
                if cipher in ready:
                    data = cipher.recv(65536)
                    if not data:
                        break
                    plain.sendall(data)
        except OSError:
            pass
        for each in ("plain", "cipher"):
            if each in locals():
                locals()[each].close()

    def accept():
        while True:
            plain = listener.accept()[0]
            threading.Thread(target=relay, args=(plain,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    sys.stdin.read()
    os._exit(0)
    """#
}
