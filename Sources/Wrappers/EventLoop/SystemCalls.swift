import CEvent
import Glibc

/// What Swift's view of the system lacks for servers.
public enum SystemCalls {
  /// Accepts a connection, non-blocking and closed on exec; -1 with `errno` set when there is none. Any thread.
  public static func accept(_ listening: Int32) -> Int32 {
    var address = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return cevent_accept(listening, &address, &size)
  }

  /// Names the calling thread, as `top -H` shows it; the system keeps the first 15 bytes.
  public static func nameThread(_ name: String) { _ = cevent_name_thread(String(name.prefix(15))) }
}
