import MQTTCodec
import Testing

struct ByteBufferTests {
  private func append(_ bytes: [UInt8], to buffer: inout ByteBuffer) {
    bytes.withUnsafeBytes { buffer.append($0) }
  }

  @Test func `an empty buffer holds no memory until the first append`() {
    var buffer = ByteBuffer()
    #expect(buffer.capacity == 0)
    #expect(buffer.isEmpty == true)
    #expect(Array(buffer.bytes) == [])
    append([], to: &buffer)
    #expect(buffer.capacity == 0)
    buffer.append(7)
    #expect(buffer.capacity > 0)
    #expect(Array(buffer.bytes) == [7])
  }

  @Test func `what is consumed makes room, so that a steady flow needs no more memory`() {
    var buffer = ByteBuffer(capacity: 1_000)
    for round in 0..<100 {
      append(.init(repeating: UInt8(round), count: 600), to: &buffer)
      buffer.consume(599)
      #expect(Array(buffer.bytes) == [UInt8(round)])
      buffer.consume(1)
      #expect(buffer.isEmpty == true)
    }
    append(.init(repeating: 1, count: 700), to: &buffer)
    buffer.consume(500)
    append(.init(repeating: 2, count: 700), to: &buffer)
    #expect(Array(buffer.bytes) == [UInt8](repeating: 1, count: 200) + [UInt8](repeating: 2, count: 700))
    #expect(buffer.capacity == 1_000)
  }

  @Test func `removing all keeps the memory`() {
    var buffer = ByteBuffer()
    append(.init(repeating: 1, count: 700), to: &buffer)
    let capacity = buffer.capacity
    buffer.removeAll()
    #expect(buffer.isEmpty == true)
    #expect(buffer.capacity == capacity)
  }

  @Test(arguments: [1, UInt64.random(in: 2...UInt64.max)])
  func `bytes leave in the order in which they came`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var buffer = ByteBuffer()
    var model: [UInt8] = []
    for _ in 0..<500 {
      switch Int.random(in: 0...3, using: &random) {
      case 0:
        let count = Int.random(in: 0...model.count, using: &random)
        buffer.consume(count)
        model.removeFirst(count)
      case 1:
        let count = Int.random(in: 1...900, using: &random)
        let to = buffer.reserve(count)
        for place in 0..<(count / 2) { to[place] = UInt8(truncatingIfNeeded: place) }
        buffer.commit(count / 2)
        model += (0..<(count / 2)).map { UInt8(truncatingIfNeeded: $0) }
      case 2:
        buffer.append(9)
        model.append(9)
      default:
        let bytes = (0..<Int.random(in: 0...900, using: &random)).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        append(bytes, to: &buffer)
        model += bytes
      }
      #expect(buffer.count == model.count, "seed \(seed)")
      #expect(Array(buffer.bytes) == model, "seed \(seed)")
    }
  }
}
