internal import Synchronization

/// Destroys a client that was replaced, on a thread of its own: the library waits for its threads, and they may be
/// asking for an address.
final class Retirement: Sendable {
  private let place: Place
  private let thread: ClientThread

  private final class Place: Sendable {
    let client: Mutex<ClientHandle?>
    let isEmpty = Atomic<Bool>(false)
    init(_ client: ClientHandle) { self.client = Mutex(client) }
  }

  /// Takes the client over; the caller must not keep it.
  init(_ client: ClientHandle) throws(KafkaError) {
    let place = Place(client)
    self.place = place
    thread = try ClientThread(name: "kafka-retire") {
      // Destroyed here, unless somebody still asks it something: then by whoever lets go of it last.
      _ = place.client.withLock { client in
        let taken = client
        client = nil
        return taken
      }
      place.isEmpty.store(true, ordering: .releasing)
    }
  }

  /// Whether ``join()`` would return at once.
  var isDone: Bool { place.isEmpty.load(ordering: .acquiring) }

  /// Waits for the thread. Call it exactly once.
  func join() { thread.join() }
}
