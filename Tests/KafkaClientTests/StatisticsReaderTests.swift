import Testing

@testable import KafkaClient

struct StatisticsReaderTests {
  private func read(_ text: String) -> KafkaConsumerStatistics {
    Array(text.utf8).withUnsafeBytes { StatisticsReader.read($0) }
  }

  private static let brokers = """
    "brokers":{ "127.0.0.1:9092/1": { "name":"127.0.0.1:9092/1", "nodeid":1, "nodename":"127.0.0.1:9092", \
    "source":"learned", "state":"UP", "stateage":9, "waitresp_cnt":1, "rxidle":2500000, "req": { "Fetch":3 }, \
    "toppars":{ "t-0": { "topic":"t", "partition":0} } } , "GroupCoordinator": { "name":"GroupCoordinator", \
    "nodeid":1, "nodename":"127.0.0.1:9092", "source":"logical", "state":"TRY_CONNECT", \
    "waitresp_cnt":0, "rxidle":-1 }, \
    "127.0.0.1:1/bootstrap": { "nodeid":-1, "nodename":"127.0.0.1:1", "state":"DOWN" } }
    """
  private static let topics = """
    "topics":{ "t": { "topic":"t", "age":1, "partitions":{ \
    "0": { "partition":0, "leader":1, "fetch_state":"active", "stored_offset":7, "committed_offset":5, "lo_offset":0, \
    "hi_offset":10 } , \
    "1": { "partition":1, "leader":-1, "fetch_state":"offset-query", "stored_offset":-1001, "committed_offset":-1001, \
    "lo_offset":2, "hi_offset":9 } , \
    "2": { "partition":2, "leader":1, "fetch_state":"active", "stored_offset":3, "lo_offset":-1, "hi_offset":-1 }, \
    "3": { "partition":3, "leader":1, "fetch_state":"none", "hi_offset":-1001 }, \
    "-1": { "partition":-1, "leader":-1, "fetch_state":"none" } } } }
    """
  private static let group = """
    "cgrp": { "state": "up", "stateage": 5, "join_state": "steady", "rebalance_reason": "a "quoted" word", "x": 1 }
    """

  @Test func `brokers, the coordinator, assigned partitions with their lag, and membership are read`() {
    let found = read("{ \"name\": \"rdkafka\", \(Self.brokers), \(Self.topics) , \(Self.group), \"txmsgs\":0 }")
    #expect(found.brokers.map(\.id) == [1, -1])
    #expect(found.brokers.first?.isUp == true && found.brokers.first?.isAsked == true)
    #expect(found.brokers.first?.silentSeconds == 2.5 && found.brokers.first?.address == "127.0.0.1:9092")
    #expect(found.coordinator?.address == "127.0.0.1:9092" && found.coordinator?.isUp == false)
    #expect(found.partitions.map(\.place.partition) == [0, 1, 2])
    #expect(found.partitions.map(\.lag) == [3, 7, 0])
    #expect(found.partitions.map(\.endOffset) == [10, 9, nil])
    #expect(found.partitions.map(\.leader) == [1, -1, 1])
    #expect(found.isCoordinated && found.isMember && !found.isIdle)
  }

  @Test func `no text, cut anywhere or of any other content, is a reason to stop`() {
    let text = "{ \(Self.brokers), \(Self.topics) , \(Self.group) }"
    for count in 0..<text.utf8.count { _ = read(String(text.utf8.prefix(count)) ?? "") }
    for odd in ["", "{", "}", "[", "\"", "{\"brokers\":[]}", "{\"topics\":{\"t\":{\"partitions\":3}}}"] {
      #expect(read(odd) == KafkaConsumerStatistics(), "\(odd)")
    }
    #expect(read(String(repeating: "{\"a\":", count: 100_000)).brokers.isEmpty)
    #expect(read("{\"cgrp\":{\"state\":\"up\",\"join_state\":\"init\"}}").isIdle)
  }
}
