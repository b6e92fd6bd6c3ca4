import Glibc
import Testing

/// A client on a blocking socket of the loopback interface, where every wait has a deadline.
final class SocketClient {
  private(set) var descriptor: Int32
  private var received: [UInt8] = []
  private let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 65_536)

  /// Connects; `receiveBufferBytes` makes the kernel's buffer small, so that the broker's socket fills up soon.
  init(port: UInt16, receiveBufferBytes: Int32? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    try #require(descriptor >= 0, "no socket: errno \(errno)")
    if var bytes = receiveBufferBytes {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let descriptor = descriptor
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(result == 0, "cannot connect: errno \(errno)")
  }

  deinit {
    close()
    memory.deallocate()
  }

  func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  /// Closes so that the broker's end is reset.
  func reset() {
    var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    close()
  }

  func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  // MARK: out

  func send(_ packets: Packet...) throws { try send(packets.flatMap(\.bytes)) }

  /// Sends all of it.
  func send(_ bytes: [UInt8]) throws {
    var done = 0
    while done < bytes.count {
      let sent = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress.map { $0 + done }, bytes.count - done, Int32(MSG_NOSIGNAL))
      }
      try #require(sent > 0, "cannot send: errno \(errno)")
      done += sent
    }
  }

  /// Sends what the socket takes now; returns how many bytes that were.
  func sendSome(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.withUnsafeBytes {
      max(0, Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT)))
    }
  }

  // MARK: in

  /// The next packet, or nil when the broker has closed the connection. Fails when neither comes within the seconds.
  func next(within seconds: Int32 = 60) throws -> Packet? {
    let deadline = ContinuousClock.now + .seconds(Int(seconds))
    while true {
      if let packet = takePacket() { return packet }
      let left = deadline - .now
      let milliseconds = Int32(left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000)
      try #require(milliseconds > 0, "nothing came within \(seconds) s")
      if try read(withinMilliseconds: milliseconds) == 0 { return nil }
    }
  }

  /// The next packet, which must come.
  func packet(within seconds: Int32 = 60) throws -> Packet {
    try #require(try next(within: seconds), "the broker closed the connection")
  }

  /// Waits until the broker closes, and returns the packets that came before.
  func rest(within seconds: Int32 = 60) throws -> [Packet] {
    var packets: [Packet] = []
    while let packet = try next(within: seconds) { packets.append(packet) }
    return packets
  }

  /// Reads once; 0 at the end, also when that is a reset. Waits at most so long, and then returns nil.
  @discardableResult
  func read(withinMilliseconds milliseconds: Int32) throws -> Int? {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, milliseconds) == 1 else { return nil }
    let got = Glibc.read(descriptor, memory.baseAddress, memory.count)
    if got > 0 { received.append(contentsOf: memory[..<got]) }
    if got < 0 { try #require(errno == ECONNRESET, "cannot read: errno \(errno)") }
    return max(got, 0)
  }

  private var taken = 0

  /// The first byte of all that was read, whatever protocol it is.
  var firstByte: UInt8? { received.first }

  /// The next packet, if it was read already.
  func takePacket() -> Packet? {
    var length = 0
    var at = taken + 1
    var shift = 0
    while true {
      guard at < received.count else { return nil }
      length |= Int(received[at] & 127) << shift
      shift += 7
      at += 1
      if received[at - 1] < 128 { break }
    }
    guard received.count >= at + length else { return nil }
    let packet = Packet(received[taken], Array(received[at..<(at + length)]))
    taken = at + length
    if taken > 1 << 20 || taken == received.count {
      received.removeFirst(taken)
      taken = 0
    }
    return packet
  }

  // MARK: MQTT

  /// CONNECT, and the CONNACK that must accept it; returns whether the session was present.
  @discardableResult
  func connect(_ clientID: String, clean: Bool = true, keepAlive: UInt16 = 60, isV5: Bool = false) throws -> Bool {
    try send(.connect(clientID, clean: clean, keepAlive: keepAlive, isV5: isV5))
    return try expectConnack()
  }

  @discardableResult
  func expectConnack() throws -> Bool {
    let connack = try packet()
    try #require(connack.type == 2 && connack.body[1] == 0, "not accepted: \(connack)")
    return connack.body[0] == 1
  }

  /// 3.1.1 SUBSCRIBE, and the SUBACK that must grant it.
  func subscribe(_ filter: String, qos: UInt8 = 0) throws {
    try send(.subscribe(filter, qos: qos))
    let suback = try packet()
    try #require(suback.type == 9 && suback.body[2] == qos, "not granted: \(suback)")
  }

  /// PINGREQ and its answer: all that was sent before has been handled.
  func ping() throws {
    try send(.pingreq)
    try #require(try packet() == .pingresp)
  }
}
