import Foundation
import Testing

/// A TLS client of another make, one process for each object; a new connection is cheap.
final class PythonPeer {
  enum State: UInt8 { case handshaking, open, closedByServer, failed }

  struct Options: Encodable {
    var version: String?
    var authority: String?
    var certificate: String?
    var key: String?
    var alpn: [String]?
    var ciphers: String?
    var server_name: String? = "localhost"
  }

  private let process = Process()
  private let requests = Pipe()
  private let replies = Pipe()
  /// Where the client stands, as of the last call.
  private(set) var state = State.handshaking
  /// All plaintext that the server sent on this connection.
  private(set) var plaintext: [UInt8] = []
  /// What the client says of its handshake or failure, as of the last time it said something.
  private(set) var words = ""

  init() throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = ["-c", PeerScript.source]
    process.standardInput = requests
    process.standardOutput = replies
    try process.run()
  }

  deinit {
    try? requests.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// Starts a connection; returns the ClientHello.
  func connect(_ options: Options) throws -> [UInt8] {
    plaintext = []
    words = ""
    return try call(0, [UInt8](JSONEncoder().encode(options)))
  }

  /// Gives the client ciphertext from the server; returns its answer.
  func receive(_ ciphertext: [UInt8]) throws -> [UInt8] { try call(1, ciphertext) }

  /// Encrypts `data`.
  func send(_ data: [UInt8]) throws -> [UInt8] { try call(2, data) }

  /// Makes close_notify.
  func close() throws -> [UInt8] { try call(3, []) }

  private func call(_ operation: UInt8, _ data: [UInt8]) throws -> [UInt8] {
    var frame = [operation]
    withUnsafeBytes(of: UInt32(data.count).littleEndian) { frame += $0 }
    try requests.fileHandleForWriting.write(contentsOf: frame + data)
    state = try #require(State(rawValue: try read(1)[0]))
    plaintext += try field()
    let ciphertext = try field()
    let said = String(decoding: try field(), as: UTF8.self)
    if !said.isEmpty { words = said }
    return ciphertext
  }

  private func field() throws -> [UInt8] {
    let length = try read(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    return try read(length)
  }

  private func read(_ count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let more = try replies.fileHandleForReading.read(upToCount: count - bytes.count) ?? Data()
      try #require(!more.isEmpty, "the client process ended")
      bytes += more
    }
    return bytes
  }
}
