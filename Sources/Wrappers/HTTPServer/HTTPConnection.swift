import CEvent
import Glibc

/// One connection as the server counts it.
///
/// The library tells nobody when it is done with a connection. So a reference of our own keeps its stream, and the
/// library has let go of it once the callbacks that it always sets are gone; only public calls are used for that.
struct HTTPConnection {
  let stream: OpaquePointer
  /// When it was accepted or its last request was complete.
  var activeMilliseconds: Int64

  init(stream: OpaquePointer, nowMilliseconds: Int64) {
    self.stream = stream
    activeMilliseconds = nowMilliseconds
    bufferevent_incref(stream)
  }

  /// Releases our reference, which closes the descriptor, if the library has let go. Must not be used after that.
  func releaseIfEnded() -> Bool {
    var onEvent: bufferevent_event_cb?
    bufferevent_getcb(stream, nil, nil, &onEvent, nil)
    guard onEvent == nil else { return false }
    bufferevent_decref(stream)
    return true
  }

  /// Ends it: the library sees the end of the stream and closes its side.
  func shutDown() {
    let descriptor = bufferevent_getfd(stream)
    if descriptor >= 0 { shutdown(descriptor, Int32(SHUT_RDWR)) }
  }
}
