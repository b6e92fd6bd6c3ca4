import Glibc
import Testing

/// A WebSocket client on a socket of the loopback interface: it sends any bytes, and reads frames and the MQTT packets
/// in them.
final class WebSocketClient {
  /// A frame of the server's.
  struct Frame: Equatable {
    var opcode: UInt8
    var payload: [UInt8]

    static func close(_ code: UInt16?) -> Frame {
      Frame(opcode: 8, payload: code.map { [UInt8($0 >> 8), UInt8($0 & 255)] } ?? [])
    }

    static func pong(_ payload: [UInt8]) -> Frame { Frame(opcode: 10, payload: payload) }
  }

  let socket: SocketClient
  private var received: [UInt8] = []
  private var stream: [UInt8] = []

  init(port: UInt16) throws { socket = try SocketClient(port: port) }

  /// Connects and is answered with yes.
  static func upgraded(port: UInt16) throws -> WebSocketClient {
    let client = try WebSocketClient(port: port)
    try client.socket.send(request())
    try #require(try client.head().hasPrefix("HTTP/1.1 101 "))
    return client
  }

  static func request(path: String = "/mqtt", subprotocol: String = "mqtt", origin: String? = nil) -> [UInt8] {
    let lines =
      [
        "GET \(path) HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: \(subprotocol)",
      ] + (origin.map { ["Origin: \($0)"] } ?? [])
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }

  func send(_ frames: ClientFrame...) throws { try socket.send(frames.flatMap(\.bytes)) }

  func send(_ packets: Packet...) throws { try socket.send(ClientFrame.binary(packets.flatMap(\.bytes)).bytes) }

  /// The head of the HTTP response.
  func head() throws -> String {
    let end = Array("\r\n\r\n".utf8)
    while true {
      let start = received.indices.first { received[$0...].starts(with: end) }
      if let start {
        let head = String(decoding: received[..<start], as: UTF8.self)
        received.removeFirst(start + end.count)
        return head
      }
      try #require(try readMore(), "it ended within the head of its response")
    }
  }

  /// The next frame, or nil when the broker has closed the connection.
  func frame() throws -> Frame? {
    while true {
      if let frame = takeFrame() { return frame }
      guard try readMore() else {
        #expect(received.isEmpty, "it ended within a frame")
        return nil
      }
    }
  }

  /// The next MQTT packet, which must come, in a binary frame.
  func packet() throws -> Packet {
    while true {
      if let packet = takePacket() { return packet }
      let frame = try #require(try frame(), "the broker closed the connection")
      try #require(frame.opcode == 2, "no binary frame: \(frame)")
      stream += frame.payload
    }
  }

  func connect(_ clientID: String, isV5: Bool = false) throws {
    try send(.connect(clientID, isV5: isV5))
    let connack = try packet()
    try #require(connack.type == 2 && connack.body[1] == 0, "not accepted: \(connack)")
  }

  /// The frames up to the end of the connection.
  func rest() throws -> [Frame] {
    var frames: [Frame] = []
    while let frame = try frame() { frames.append(frame) }
    return frames
  }

  private func readMore() throws -> Bool {
    var waiting = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
    try #require(poll(&waiting, 1, 10_000) == 1, "nothing came within 10 s")
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let got = read(socket.descriptor, &bytes, bytes.count)
    if got < 0 { try #require(errno == ECONNRESET, "cannot read: errno \(errno)") }
    received += bytes.prefix(max(got, 0))
    return got > 0
  }

  private func takeFrame() -> Frame? {
    guard received.count >= 2 else { return nil }
    let short = Int(received[1] & 127)
    let lengthBytes = short == 126 ? 2 : short == 127 ? 8 : 0
    guard received.count >= 2 + lengthBytes else { return nil }
    let length = lengthBytes == 0 ? short : received[2..<(2 + lengthBytes)].reduce(0) { $0 << 8 | Int($1) }
    let start = 2 + lengthBytes
    guard received.count >= start + length else { return nil }
    #expect(received[0] & 0xF0 == 0x80 && received[1] & 0x80 == 0, "a server's frame is whole and not masked")
    let frame = Frame(opcode: received[0] & 15, payload: Array(received[start..<(start + length)]))
    received.removeFirst(start + length)
    return frame
  }

  private func takePacket() -> Packet? {
    var length = 0
    var at = 1
    repeat {
      guard at < stream.count else { return nil }
      length |= Int(stream[at] & 127) << (7 * (at - 1))
      at += 1
    } while stream[at - 1] >= 128
    guard stream.count >= at + length else { return nil }
    let packet = Packet(stream[0], Array(stream[at..<(at + length)]))
    stream.removeFirst(at + length)
    return packet
  }
}
