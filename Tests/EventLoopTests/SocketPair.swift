import Glibc

/// Two connected non-blocking sockets, closed at the end.
final class SocketPair {
  let near: Int32
  let far: Int32

  init() throws {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends) == 0 else {
      throw SystemError(number: errno)
    }
    (near, far) = (ends[0], ends[1])
  }

  deinit {
    close(near)
    close(far)
  }

  func send(_ count: Int = 1) { _ = write(far, [UInt8](repeating: 120, count: count), count) }
  func drain() -> Int {
    var buffer = [UInt8](repeating: 0, count: 4096)
    return read(near, &buffer, buffer.count)
  }
}

struct SystemError: Error { let number: Int32 }
