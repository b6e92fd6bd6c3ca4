import Glibc

/// A connection on loopback that sends exactly what a test says; each read has a deadline.
final class RawClient {
  private let descriptor: Int32

  init(port: UInt16, deadlineSeconds: Int = 60) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var timeout = timeval(tv_sec: deadlineSeconds, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    let descriptor = descriptor
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw SystemError(number: errno) }
  }

  deinit { close(descriptor) }

  func send(_ text: String) { send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// What comes until `end` was read, or the other side ends.
  func read(until end: String? = nil) throws -> String {
    var all: [UInt8] = []
    while true {
      let some = try readSome()
      if some.isEmpty { break }
      all += some
      if let end, all.suffix(end.utf8.count).elementsEqual(end.utf8) { break }
    }
    return String(decoding: all, as: UTF8.self)
  }

  /// What one call gives; empty at the end.
  func readSome() throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count < 0, errno == ECONNRESET { return [] }
    guard count >= 0 else { throw SystemError(number: errno) }
    return Array(buffer[..<count])
  }
}

struct SystemError: Error { let number: Int32 }

/// Status, headers and body of an answer.
struct Answer {
  let status: Int
  let head: String
  let body: String

  init(_ text: String) {
    let end = text.firstRange(of: "\r\n\r\n")
    head = end.map { String(text[..<$0.lowerBound]) } ?? text
    body = end.map { String(text[$0.upperBound...]) } ?? ""
    status = Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0
  }

  func has(_ line: String) -> Bool { head.lowercased().split(separator: "\r\n").contains { $0 == line.lowercased() } }
}

func ask(_ port: UInt16, _ line: String, headers: String = "", body: String = "") throws -> Answer {
  let client = try RawClient(port: port)
  client.send("\(line) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\(headers)\r\n\(body)")
  return Answer(try client.read())
}
