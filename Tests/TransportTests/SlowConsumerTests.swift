import BrokerCore
import Glibc
import Synchronization
import Testing

@testable import Transport

extension TransportTests {
  /// Clients that don't read, or not as fast as messages come.
  @Suite struct SlowConsumers {
    @Test
    func `QoS 0 is dropped and counted for a client that never reads, and memory is bounded`() throws {
      var limits = Limits()
      limits.outputBytesMax = 256 << 10
      let broker = try TestBroker(limits)
      let sleeper = try broker.client(receiveBufferBytes: 32_768)
      try sleeper.connect("sleeper")
      try sleeper.subscribe("flood")
      let publisher = try broker.client()
      try publisher.connect("pub")
      let before = residentBytes()
      let packet = Packet.publish("flood", [UInt8](repeating: 1, count: 10_000)).bytes
      for _ in 0..<5000 { try publisher.send(packet) }
      try publisher.ping()
      #expect((broker.sum { $0.droppedSlowConsumer.now }) > 1000)
      #expect(residentBytes() - before < 20 << 20)
      // It reads at last: what was kept is whole, and new messages come.
      for _ in 0..<20 { #expect(try sleeper.packet().payload.count == 10_000) }
      try wait("the backlog is read") {
        try publisher.send(.publish("flood", "new"))
        try sleeper.read(withinMilliseconds: 100)
        var isNew = false
        while let packet = sleeper.takePacket() {
          isNew = packet.text == "new"
          #expect(isNew || packet.payload.count == 10_000)
        }
        return isNew
      }
    }

    @Test(arguments: [1, 3])
    func `QoS 1 waits for a client that doesn't read, and comes in order when it does`(shards: Int) throws {
      var limits = Limits()
      limits.outputBytesMax = 64 << 10
      let broker = try TestBroker(shards: shards, limits)
      let sleeper = try SocketClient(port: broker.port, receiveBufferBytes: 32_768)
      try sleeper.connect("sleeper")
      try sleeper.subscribe("flood", qos: 1)
      let publisher = try broker.client(onShard: shards - 1)
      try publisher.connect("pub")
      let filler = [UInt8](repeating: 1, count: 1500)
      for number in 0..<4000 {
        let payload = [UInt8(number >> 8), UInt8(number & 255)] + filler
        try publisher.send(.publish("flood", payload, qos: 1, packetID: UInt16(number + 1)))
        #expect(try publisher.packet() == .puback(UInt16(number + 1)))
      }
      for number in 0..<4000 {
        let packet = try sleeper.packet()
        #expect(Array(packet.payload.prefix(2)) == [UInt8(number >> 8), UInt8(number & 255)])
        try sleeper.send(.puback(packet.packetID))
      }
      #expect((broker.sum { $0.droppedQueueFull.now }) == 0)
    }

    @Test
    func `who publishes to a shard that stands still is not read from, and goes on when it does`() throws {
      var limits = Limits()
      limits.mailboxBytesMax = 1 << 20
      let broker = try TestBroker(shards: 2, limits)
      let subscriber = try broker.client(onShard: 1)
      try subscriber.connect("sub")
      try subscriber.subscribe("flood")
      let publisher = try broker.client(onShard: 0)
      try publisher.connect("pub")
      // A refused publish is logged on the shard's thread, and the log holds it there.
      let gate = Gate()
      broker.log.watcher.withLock { $0 = { event in if event == "publish denied" { gate.pass() } } }
      defer { gate.open() }
      try subscriber.send(.publish("$denied", "x"))
      try wait("the shard stands still") { gate.isReached }

      let packet = Packet.publish("flood", [UInt8](repeating: 1, count: 10_000)).bytes
      let before = residentBytes()
      var sent = 0
      var silence = 0
      while sent < 400 << 20, silence < 40 {
        let taken = publisher.sendSome(packet[(sent % packet.count)...])
        sent += taken
        silence = taken == 0 ? silence + 1 : 0
        if taken == 0 { usleep(5000) }
      }
      #expect(sent < 100 << 20)
      #expect(residentBytes() - before < 20 << 20)

      gate.open()
      if sent % packet.count > 0 { try publisher.send(Array(packet[(sent % packet.count)...])) }
      try publisher.ping()
      try wait("what was held back is over") {
        try publisher.send(.publish("flood", "last"))
        try subscriber.read(withinMilliseconds: 100)
        var isLast = false
        while let packet = subscriber.takePacket() { isLast = packet.text == "last" }
        return isLast
      }
    }

    @Test
    func `a client that asks and never reads the answers is no longer read from`() throws {
      var limits = Limits()
      limits.outputBytesMax = 64 << 10
      limits.packetBytesMax = 64 << 10
      let broker = try TestBroker(limits)
      let client = try broker.client(receiveBufferBytes: 32_768)
      try client.connect("asker")
      let questions = [UInt8](repeating: 0, count: 200_000).enumerated().map { $0.offset % 2 == 0 ? UInt8(0xC0) : 0 }
      var sent = 0
      var silence = 0
      while sent < 100 << 20, silence < 40 {
        let taken = client.sendSome(questions[(sent % 2)...])
        sent += taken
        silence = taken == 0 ? silence + 1 : 0
        if taken == 0 { usleep(5000) }
      }
      // What the kernel's buffers hold on both ends is some megabytes.
      #expect(sent < 50 << 20)
      // Others are served, and it goes on where it was once it reads.
      let other = try broker.client()
      try other.connect("other")
      try other.ping()
      for _ in 0..<(sent / 4) { #expect(try client.next() == .pingresp) }
      #expect(client.sendSome([0xC0, 0][(sent % 2)...]) > 0)
    }

    @Test
    func `a queue that waits for a full output goes on though the socket took everything at once`() throws {
      var limits = Limits()
      limits.outputBytesMax = 1000
      let broker = try TestBroker(limits)
      let client = try broker.client()
      try client.connect("both")
      try client.subscribe("q", qos: 1)
      var all: [UInt8] = []
      for number in 1...50 {
        all +=
          Packet.publish("q", [UInt8](repeating: UInt8(number), count: 900), qos: 1, packetID: UInt16(number)).bytes
      }
      try client.send(all)
      var next: UInt8 = 1
      while next <= 50 {
        let packet = try client.packet()
        guard packet.type == 3 else { continue }
        #expect(packet.payload.first == next)
        try client.send(.puback(packet.packetID))
        next += 1
      }
    }

    @Test(arguments: [1, 2])
    func `QoS 0 of 50 publishers in bursts reaches a subscriber that reads, to the last message`(shards: Int) throws {
      let broker = try TestBroker(shards: shards)
      let subscriber = try broker.client()
      try subscriber.connect("sub")
      try subscriber.subscribe("fan/in")
      let publishers = try (0..<50).map { number in
        let client = try broker.client()
        try client.connect("pub-\(number)")
        return client
      }
      let burst = (0..<150).flatMap { _ in Packet.publish("fan/in", [UInt8](repeating: 5, count: 200)).bytes }
      let total = 10 * 50 * 150
      let count = Mutex(0)
      let descriptor = subscriber.descriptor
      // Counts bytes only, as fast as they come, so that it is never the subscriber who is slow.
      let reader = SystemThread.start("reader") {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 1 << 20, alignment: 1)
        defer { memory.deallocate() }
        while true {
          let got = read(descriptor, memory, 1 << 20)
          if got <= 0 { return }
          count.withLock { $0 += got }
        }
      }
      defer {
        shutdown(descriptor, Int32(SHUT_RDWR))
        reader?.join()
      }
      for _ in 0..<10 {
        // All publishers are ready in the same round.
        for client in publishers { try client.send(burst) }
      }
      for client in publishers { try client.ping() }
      let size = Packet.publish("fan/in", [UInt8](repeating: 5, count: 200)).bytes.count
      try wait("everything arrives", until: { count.withLock { $0 } == total * size })
      #expect((broker.sum { $0.droppedSlowConsumer.now }) == 0)
    }
  }
}
