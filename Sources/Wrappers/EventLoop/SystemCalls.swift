import CEvent

/// What Swift's view of the system lacks for servers.
public enum SystemCalls {
  /// Names the calling thread, as `top -H` shows it; the system keeps the first 15 bytes.
  public static func nameThread(_ name: String) { _ = cevent_name_thread(String(name.prefix(15))) }
}
