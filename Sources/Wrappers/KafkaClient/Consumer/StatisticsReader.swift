/// Reads what is of use from the JSON text that librdkafka makes of a client's statistics (its STATISTICS.md), in one
/// pass, without keeping the rest. The library doesn't escape what it puts between quotes: where that breaks the text,
/// reading ends, and what came before counts.
struct StatisticsReader {
  private let bytes: UnsafeRawBufferPointer
  private var at = 0
  private var isBroken = false
  private var statistics = KafkaConsumerStatistics()

  private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// What a consumer's text says.
  static func read(_ text: UnsafeRawBufferPointer) -> KafkaConsumerStatistics {
    var reader = StatisticsReader(text)
    reader.object { reader, key in
      if key == "brokers" {
        reader.object { reader, _ in reader.broker() }
      } else if key == "topics" {
        reader.object { reader, _ in reader.topic() }
      } else if key == "cgrp" {
        reader.group()
      } else {
        reader.skip()
      }
    }
    return reader.statistics
  }

  // MARK: the parts

  private mutating func broker() {
    var broker = KafkaConsumerStatistics.Broker()
    var isLogical = false
    object { reader, key in
      if key == "nodeid" {
        broker.id = Int32(clamping: reader.number())
      } else if key == "nodename" {
        broker.address = reader.text()
      } else if key == "source" {
        isLogical = reader.text() == "logical"
      } else if key == "state" {
        broker.isUp = ["UP", "UPDATE"].contains(reader.text())
      } else if key == "waitresp_cnt" {
        broker.isAsked = reader.number() > 0
      } else if key == "rxidle" {
        let microseconds = reader.number()
        broker.silentSeconds = microseconds < 0 ? nil : Double(microseconds) / 1e6
      } else {
        reader.skip()
      }
    }
    if !isLogical {
      statistics.brokers.append(broker)
    } else if !broker.address.isEmpty, broker.address != ":0" {
      statistics.coordinator = broker
    }
  }

  private mutating func topic() {
    var name = ""
    object { reader, key in
      if key == "topic" {
        name = reader.text()
      } else if key == "partitions" {
        reader.object { reader, _ in reader.partition(of: name) }
      } else {
        reader.skip()
      }
    }
  }

  private mutating func partition(of topic: String) {
    var number: Int64 = -1
    var leader: Int64 = -1
    var isFetched = false
    var (stored, committed, low, high): (Int64, Int64, Int64, Int64) = (-1, -1, -1, -1)
    object { reader, key in
      if key == "partition" {
        number = reader.number()
      } else if key == "leader" {
        leader = reader.number()
      } else if key == "fetch_state" {
        isFetched = !["none", "stopping", "stopped"].contains(reader.text())
      } else if key == "stored_offset" {
        stored = reader.number()
      } else if key == "committed_offset" {
        committed = reader.number()
      } else if key == "lo_offset" {
        low = reader.number()
      } else if key == "hi_offset" {
        high = reader.number()
      } else {
        reader.skip()
      }
    }
    guard isFetched, number >= 0, number <= Int64(Int32.max) else { return }
    var partition = KafkaConsumerStatistics.Partition(
      KafkaTopicPartition(topic: topic, partition: Int32(clamping: number)))
    partition.leader = Int32(clamping: leader)
    if high >= 0 {
      partition.endOffset = high
      partition.lag = max(0, high - (stored >= 0 ? stored : committed >= 0 ? committed : max(0, low)))
    }
    statistics.partitions.append(partition)
  }

  private mutating func group() {
    object { reader, key in
      if key == "state" {
        reader.statistics.isCoordinated = reader.text() == "up"
      } else if key == "join_state" {
        let state = reader.text()
        reader.statistics.isMember = reader.statistics.isCoordinated && state == "steady"
        reader.statistics.isIdle = reader.statistics.isCoordinated && state == "init"
      } else {
        reader.skip()
      }
    }
  }

  // MARK: JSON

  private mutating func next() -> UInt8? {
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): at += 1
      default: return isBroken ? nil : bytes[at]
      }
    }
    isBroken = true
    return nil
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next() == byte else { return false }
    at += 1
    return true
  }

  /// Calls with each key; `body` must take the value.
  private mutating func object(_ body: (inout StatisticsReader, _ key: String) -> Void) {
    guard take(UInt8(ascii: "{")) else { return isBroken = true }
    if take(UInt8(ascii: "}")) { return }
    repeat {
      let key = text()
      guard take(UInt8(ascii: ":")) else { return isBroken = true }
      body(&self, key)
    } while !isBroken && take(UInt8(ascii: ","))
    if !take(UInt8(ascii: "}")) { isBroken = true }
  }

  private mutating func text() -> String {
    guard take(UInt8(ascii: "\"")) else {
      isBroken = true
      return ""
    }
    let start = at
    while at < bytes.count, bytes[at] != UInt8(ascii: "\"") { at += 1 }
    guard at < bytes.count else {
      isBroken = true
      return ""
    }
    at += 1
    return String(decoding: bytes[start..<(at - 1)], as: UTF8.self)
  }

  /// A whole number; the library writes no other.
  private mutating func number() -> Int64 {
    let isNegative = take(UInt8(ascii: "-"))
    var value: Int64 = 0
    var digits = 0
    while at < bytes.count, case UInt8(ascii: "0")...UInt8(ascii: "9") = bytes[at] {
      value = value &* 10 &+ Int64(bytes[at] - UInt8(ascii: "0"))
      digits += 1
      at += 1
    }
    if digits == 0 || digits > 19 { isBroken = true }
    return isNegative ? 0 &- value : value
  }

  /// Passes over a value of any kind.
  private mutating func skip() {
    var depth = 0
    while let byte = next() {
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        at += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return }
        depth -= 1
        at += 1
      case UInt8(ascii: ","):
        if depth == 0 { return }
        at += 1
      case UInt8(ascii: "\""): _ = text()
      default: at += 1
      }
    }
  }
}
