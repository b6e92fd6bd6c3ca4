import Configuration
import Testing

@Suite struct LimitsErrorTests {
  static let limits: [(text: String, errors: [String])] = [
    (
      "limits: {packet_bytes_max: 256 KB}\n",
      [
        "sluice.yaml:3:28: packet_bytes_max: expected a number of bytes, or one with a unit: B, KiB, MiB"
          + " or GiB, found \"256 KB\"; did you mean \"256 KiB\"?"
      ]
    ),
    (
      "limits: {packet_bytes_max: 1 Mb}\n",
      [
        "sluice.yaml:3:28: packet_bytes_max: expected a number of bytes, or one with a unit: B, KiB, MiB"
          + " or GiB, found \"1 Mb\"; did you mean \"1 MiB\"?"
      ]
    ),
    (
      "limits: {packet_bytes_max: 12}\n",
      [
        "sluice.yaml:3:28: packet_bytes_max: \"12\" is out of range: 1024 to 268435456 bytes"
      ]
    ),
    (
      "limits: {packet_bytes_max: 1 GiB}\n",
      [
        "sluice.yaml:3:28: packet_bytes_max: \"1 GiB\" is out of range: 1024 to 268435456 bytes"
      ]
    ),
    (
      "limits: {packet_bytes_max: big}\n",
      [
        "sluice.yaml:3:28: packet_bytes_max: expected a number of bytes, or one with a unit: B, KiB, MiB"
          + " or GiB, found \"big\""
      ]
    ),
    (
      "limits: {connect_timeout_seconds: 10 sec}\n",
      [
        "sluice.yaml:3:35: connect_timeout_seconds: expected a number of seconds, or one with a unit: s,"
          + " min, h or d, found \"10 sec\"; did you mean \"10 s\"?"
      ]
    ),
    (
      "limits: {connect_timeout_seconds: 10 m}\n",
      [
        "sluice.yaml:3:35: connect_timeout_seconds: expected a number of seconds, or one with a unit: s,"
          + " min, h or d, found \"10 m\"; did you mean \"10 min\"?"
      ]
    ),
    (
      "limits: {connect_timeout_seconds: 0}\n",
      [
        "sluice.yaml:3:35: connect_timeout_seconds: \"0\" is out of range: 1 to 300 seconds"
      ]
    ),
    (
      "limits: {connect_timeout_seconds: 1 h}\n",
      [
        "sluice.yaml:3:35: connect_timeout_seconds: \"1 h\" is out of range: 1 to 300 seconds"
      ]
    ),
    (
      "limits: {session_expiry_seconds_max: 99999999999999999 d}\n",
      [
        "sluice.yaml:3:38: session_expiry_seconds_max: expected a number of seconds, or one with a unit:"
          + " s, min, h or d, found \"99999999999999999 d\""
      ]
    ),
    (
      "limits: {sessions_max: 10}\n",
      [
        "sluice.yaml:3:24: sessions_max (10) is below connections_max (100000): each connection has a session"
      ]
    ),
    (
      "limits: {connections_max: 300000}\n",
      [
        "sluice.yaml:3:27: sessions_max (200000) is below connections_max (300000): each connection has a"
          + " session"
      ]
    ),
    (
      "limits: {connect_packet_bytes_max: 2 KiB, packet_bytes_max: 1 KiB}\n",
      [
        "sluice.yaml:3:36: connect_packet_bytes_max (2048) is above packet_bytes_max (1024)"
      ]
    ),
    (
      "limits: {packet_size: 5}\n",
      [
        "sluice.yaml:3:10: unknown key \"packet_size\""
      ]
    ),
    (
      "limits: {queue_message_max: 5}\n",
      [
        "sluice.yaml:3:10: unknown key \"queue_message_max\"; did you mean \"queue_messages_max\"?"
      ]
    ),
    (
      "limits: {receive_maximum: 65536}\n",
      [
        "sluice.yaml:3:27: receive_maximum: \"65536\" is out of range: 1 to 65535"
      ]
    ),
  ]

  static let listeners: [(text: String, errors: [String])] = [
    ("{receive_maximum: 0}", ["sluice.yaml:1:70: receive_maximum: \"0\" is out of range: 1 to 65535"]),
    (
      "{sessions_max: 5}",
      ["sluice.yaml:1:53: sessions_max is a bound of the whole broker: set it in the section limits of the file"]
    ),
    (
      "{pending_connections_max: 5, topic_levels_max: 5}",
      [
        "sluice.yaml:1:53: pending_connections_max is a bound of the whole broker: set it in the section limits of"
          + " the file",
        "sluice.yaml:1:81: topic_levels_max is a bound of the whole broker: set it in the section limits of the file",
      ]
    ),
    (
      "{packet_bytes_max: 32 KiB}",
      ["sluice.yaml:1:71: connect_packet_bytes_max (65536) is above packet_bytes_max (32768)"]
    ),
    ("{inflight: 5}", ["sluice.yaml:1:53: unknown key \"inflight\"; did you mean \"inflight_max\"?"]),
    ("[]", ["sluice.yaml:1:52: limits: expected keys and values, found a list"]),
  ]

  @Test(arguments: listeners) func `a wrong limit of a listener is explained`(
    text: String, expected: [String]
  ) throws {
    let main =
      "listeners: [{name: a, bind: \"127.0.0.1:1\", limits: \(text), protocol: mqtt}]\n"
      + "authentication: {anonymous: true}\n"
    #expect(try errors(["sluice.yaml": main]) == expected)
  }

  @Test func `more connections of a listener than the broker takes give a warning`() throws {
    let main =
      "listeners: [{name: a, bind: \"127.0.0.1:1\", limits: {connections_max: 200000}, protocol: mqtt}]\n"
      + "authentication: {anonymous: true}\n"
    #expect(
      try warnings(["sluice.yaml": main]) == [
        "sluice.yaml:1:70: warning: connections_max (200000) is above that of the broker (100000), which holds too"
      ])
  }

  @Test(arguments: limits) func `a limit out of range, in a wrong unit or against another is explained`(
    text: String, expected: [String]
  ) throws {
    let found = try errors(["sluice.yaml": Scratch.standard["sluice.yaml", default: ""] + text])
    #expect(found == expected)
  }
}
