import Configuration
import Testing

@Suite struct MainFileErrorTests {
  static let wholeFiles: [(text: String, errors: [String])] = [
    (
      "",
      [
        "sluice.yaml:1:1: the file is empty: missing key \"listeners\""
      ]
    ),
    (
      "# nothing\n",
      [
        "sluice.yaml:1:1: the file is empty: missing key \"listeners\""
      ]
    ),
    (
      "just text\n",
      [
        "sluice.yaml:1:1: the file: expected keys and values, found a text"
      ]
    ),
    (
      "- a\n",
      [
        "sluice.yaml:1:1: the file: expected keys and values, found a list"
      ]
    ),
    (
      "listener: []\n",
      [
        "sluice.yaml:1:1: unknown key \"listener\"; did you mean \"listeners\"?"
      ]
    ),
    (
      "listeners: []\n",
      [
        "sluice.yaml:1:12: listeners: the list is empty: no client could connect"
      ]
    ),
    (
      "listeners:\n",
      [
        "sluice.yaml:1:11: listeners: the list is empty: no client could connect"
      ]
    ),
    (
      "listeners: x\n",
      [
        "sluice.yaml:1:12: listeners: expected a list, found a text: write [\"...\"], or lines that begin"
          + " with \"- \""
      ]
    ),
    (
      "listeners: {a: b}\n",
      [
        "sluice.yaml:1:12: listeners: expected a list, found keys and values: begin each entry with \"- \""
      ]
    ),
    (
      "listeners: [x]\n",
      [
        "sluice.yaml:1:13: listener: expected keys and values, found a text"
      ]
    ),
    (
      "listeners: [{}]\n",
      [
        "sluice.yaml:1:13: missing key \"name\" in listener",
        "sluice.yaml:1:13: missing key \"protocol\" in listener",
        "sluice.yaml:1:13: missing key \"bind\" in listener",
      ]
    ),
    (
      "a: [\n",
      [
        "sluice.yaml:2:1: a value was expected here"
      ]
    ),
    (
      "listeners: *x\n",
      [
        "sluice.yaml:1:12: aliases (*x) are not supported: write the value out, or quote it if it begins"
          + " with '*'"
      ]
    ),
  ]

  @Test(arguments: wholeFiles) func `a main file that says nothing usable is explained`(
    text: String, expected: [String]
  ) throws {
    let found = try errors(["sluice.yaml": text])
    #expect(found == expected)
  }

  static let keys: [(text: String, errors: [String])] = [
    (
      "acces: a.yaml\n",
      [
        "sluice.yaml:3:1: unknown key \"acces\"; did you mean \"access\"?"
      ]
    ),
    (
      "zebra: 1\n",
      [
        "sluice.yaml:3:1: unknown key \"zebra\" in the file: known keys are listeners, authentication,"
          + " limits, mqtt, kafka, shards, log, administration, access, mappings"
      ]
    ),
    (
      "shards: 0\n",
      [
        "sluice.yaml:3:9: shards: \"0\" is out of range: 1 to 256"
      ]
    ),
    (
      "shards: 257\n",
      [
        "sluice.yaml:3:9: shards: \"257\" is out of range: 1 to 256"
      ]
    ),
    (
      "shards: many\n",
      [
        "sluice.yaml:3:9: shards: expected a whole number, in digits only, found \"many\""
      ]
    ),
    (
      "shards: 1.5\n",
      [
        "sluice.yaml:3:9: shards: expected a whole number, in digits only, found \"1.5\""
      ]
    ),
    (
      "shards: -1\n",
      [
        "sluice.yaml:3:9: shards: expected a whole number, in digits only, found \"-1\""
      ]
    ),
    (
      "shards: [1]\n",
      [
        "sluice.yaml:3:9: shards: expected a whole number, in digits only, found a list"
      ]
    ),
    (
      "shards: {a: 1}\n",
      [
        "sluice.yaml:3:9: shards: expected a whole number, in digits only, found keys and values; put the"
          + " text in quotes if it begins with \"{\""
      ]
    ),
    (
      "shards:\n",
      [
        "sluice.yaml:3:8: shards: expected a whole number, in digits only, found nothing"
      ]
    ),
    (
      "shards: 99999999999999999999\n",
      [
        "sluice.yaml:3:9: shards: expected a whole number, in digits only, found \"99999999999999999999\""
      ]
    ),
    (
      "log: {level: inf}\n",
      [
        "sluice.yaml:3:14: level: \"inf\" is not one of debug, info, warning, error; did you mean \"info\"?"
      ]
    ),
    (
      "log: {level: loud}\n",
      [
        "sluice.yaml:3:14: level: \"loud\" is not one of debug, info, warning, error"
      ]
    ),
    (
      "log: {format: xml}\n",
      [
        "sluice.yaml:3:15: format: \"xml\" is not one of text, json"
      ]
    ),
    (
      "log: text\n",
      [
        "sluice.yaml:3:6: log: expected keys and values, found a text"
      ]
    ),
    (
      "log: [a]\n",
      [
        "sluice.yaml:3:6: log: expected keys and values, found a list"
      ]
    ),
    (
      "authentication: {}\n",
      [
        "sluice.yaml:3:1: duplicate key \"authentication\": it was first given at sluice.yaml:2:1"
      ]
    ),
    (
      "administration: {bind: 0.0.0.0:9880}\n",
      [
        "sluice.yaml:3:24: bind: administration asks nobody who they are, and 0.0.0.0:9880 can be reached"
          + " from other machines: bind 127.0.0.1 or [::1]"
      ]
    ),
    (
      "administration: {bind: 9880}\n",
      [
        "sluice.yaml:3:24: bind: \"9880\" is not an IP address with a port, such as 127.0.0.1:8883 or"
          + " [::1]:8883; did you mean \"127.0.0.1:9880\"?"
      ]
    ),
    (
      "administration: {enabled: yes}\n",
      [
        "sluice.yaml:3:27: enabled: expected true or false, found \"yes\"; did you mean \"true\"?"
      ]
    ),
    (
      "administration: {enabled: sure}\n",
      [
        "sluice.yaml:3:27: enabled: expected true or false, found \"sure\""
      ]
    ),
    (
      "access: missing.yaml\n",
      [
        "sluice.yaml:3:9: access: the file \"missing.yaml\" does not exist"
      ]
    ),
    (
      "access: ~/access.yaml\n",
      [
        "sluice.yaml:3:9: access: \"~\" is not replaced in paths: write the whole path, or ${HOME}"
      ]
    ),
    (
      "access: .\n",
      [
        "sluice.yaml:3:9: access: the file \".\" is a folder"
      ]
    ),
    (
      "mappings: missing.yaml\n",
      [
        "sluice.yaml:3:11: mappings: the file \"missing.yaml\" does not exist"
      ]
    ),
    (
      "access:\n",
      [
        "sluice.yaml:3:8: access: expected a path, found nothing"
      ]
    ),
    (
      "access: ''\n",
      [
        "sluice.yaml:3:9: access: expected a path, found an empty text"
      ]
    ),
    (
      "access: [a]\n",
      [
        "sluice.yaml:3:9: access: expected a path, found a list"
      ]
    ),
    (
      "access: {a}\n",
      [
        "sluice.yaml:3:9: access: expected a path, found keys and values; put the text in quotes if it"
          + " begins with \"{\""
      ]
    ),
    (
      "access: \"a\\0b\"\n",
      [
        "sluice.yaml:3:9: a NUL character can't stand in a value"
      ]
    ),
  ]

  @Test(arguments: keys) func `wrong keys and values are told with their place`(text: String, expected: [String]) throws
  {
    let found = try errors(["sluice.yaml": Scratch.standard["sluice.yaml", default: ""] + text])
    #expect(found == expected)
  }

  static let authentication: [(text: String, errors: [String])] = [
    (
      "  anonymous: no\n",
      [
        "sluice.yaml:3:14: anonymous: expected true or false, found \"no\"; did you mean \"false\"?"
      ]
    ),
    (
      "  anonymous: maybe\n",
      [
        "sluice.yaml:3:14: anonymous: expected true or false, found \"maybe\""
      ]
    ),
    (
      "  client_id: user\n",
      [
        "sluice.yaml:3:14: client_id: \"user\" is not one of any, user_name, certificate_name; did you"
          + " mean \"user_name\"?"
      ]
    ),
    (
      "  passwordfile: x\n",
      [
        "sluice.yaml:3:3: unknown key \"passwordfile\"; did you mean \"password_file\"?"
      ]
    ),
    (
      "  password_file: [x]\n",
      [
        "sluice.yaml:3:18: password_file: expected a path, found a list"
      ]
    ),
  ]

  @Test(arguments: authentication) func `a wrong authentication section is explained`(text: String, expected: [String])
    throws
  {
    let found = try errors([
      "sluice.yaml": "listeners: [{name: a, protocol: mqtt, bind: \"127.0.0.1:1883\"}]\nauthentication:\n" + text
    ])
    #expect(found == expected)
  }
}
