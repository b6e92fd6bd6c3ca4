import Configuration
import Glibc
import Testing

/// Secrets, variables and the files that hold them.
@Suite struct SecretTests {
  private static func main(_ passphrase: String) -> String {
    """
    authentication: {anonymous: true}
    listeners:
      - name: a
        protocol: mqtts
        bind: 127.0.0.1:8883
        tls: {certificate: c, key: k, key_passphrase: \(passphrase)}

    """
  }

  @Test func `a secret shows nothing of itself, however it is printed`() {
    let secret = Secret("open sesame")
    var dumped = ""
    dump([secret], to: &dumped)
    for shown in [
      "\(secret)", String(describing: secret), String(reflecting: [secret]), dumped, "\(Mirror(reflecting: secret))",
    ] {
      #expect(!shown.contains("sesame"))
    }
    #expect("\(secret)" == "***")
    #expect(secret.revealed == "open sesame")
    #expect(secret == Secret("open sesame") && secret != Secret("other"))
  }

  static let texts: [(written: String, revealed: String)] = [
    ("${PASS}", "p1"), ("\"a${PASS}b${PASS}\"", "ap1bp1"), ("'$${PASS}${EMPTY}x'", "${PASS}x"),
    ("\"$5${PASS}$\"", "$5p1$"),
    ("${NESTED}", "${PASS}"),
  ]

  @Test(arguments: texts) func `variables are put in once`(written: String, revealed: String) throws {
    let files = ["sluice.yaml": Self.main(written.hasPrefix("$") ? "\"\(written)\"" : written)]
    let environment = ["PASS": "p1", "EMPTY": "", "NESTED": "${PASS}"]
    #expect(try configuration(files, environment).listeners[0].tls?.keyPassphrase?.value.revealed == revealed)
  }

  @Test func `variables come from the process's environment unless said otherwise`() throws {
    let value = try #require(getenv("PATH").map { String(cString: $0) })
    let scratch = try Scratch(["sluice.yaml": Self.main("\"${PATH}\"")])
    let report = Configuration.load(scratch.folder + "sluice.yaml")
    #expect(report.configuration?.listeners[0].tls?.keyPassphrase?.value.revealed == value)
  }

  static let errors: [(written: String, error: String)] = [
    ("\"${UNSET}\"", "the environment variable UNSET is not set"),
    ("\"${EMPTY}\"", "expected file:PATH or ${NAME}, found an empty text"),
    ("\"${1A}\"", "\"1A\" is no variable's name (letters, digits and _); write $${ if it is meant as text"),
    ("\"${}\"", "\"\" is no variable's name (letters, digits and _); write $${ if it is meant as text"),
    ("\"${A\"", "\"${\" without a \"}\"; write $${ if it is meant as text"),
    ("\"}${A\"", "\"${\" without a \"}\"; write $${ if it is meant as text"),
    ("\"${LONG}${LONG}\"", "the value is longer than 65536 bytes with its variables put in"),
    ("file:missing", "the file \"missing\" does not exist"),
    ("file:.", "the file \".\" is a folder"),
    ("file:empty", "the file \"empty\" is empty"),
    ("file:newline", "the file \"newline\" is empty"),
    ("file:binary", "the file \"binary\" does not hold a text in UTF-8"),
    ("file:nul", "the file \"nul\" does not hold a text in UTF-8"),
    ("file:big", "the file \"big\" is larger than 65536 bytes"),
    ("\"file:\"", "expected file:PATH, found \"file:\" without a path"),
  ]

  @Test(arguments: errors) func `a secret that can't be had is an error with its place`(
    written: String, error: String
  ) throws {
    let scratch = try Scratch(["sluice.yaml": Self.main(written), "empty": "", "newline": "\n"])
    try scratch.write("binary", [0xFF, 0xFE])
    try scratch.write("nul", [0x61, 0x00])
    try scratch.write("big", [UInt8](repeating: 0x61, count: 65_537))
    let report = scratch.load(["EMPTY": "", "LONG": String(repeating: "x", count: 40_000)])
    #expect(report.errors.map(scratch.shown) == ["sluice.yaml:6:51: key_passphrase: \(error)"])
  }

  @Test func `the value of a variable is never shown in an error`() throws {
    let main = Scratch.standard["sluice.yaml", default: ""] + "shards: \"${X}\"\nlog: {level: \"${X}\", format: text}\n"
    let scratch = try Scratch(["sluice.yaml": main])
    let report = scratch.load(["X": "hidden"])
    #expect(
      report.errors.map(scratch.shown) == [
        "sluice.yaml:3:9: shards: expected a whole number, in digits only, found \"${X}\"",
        "sluice.yaml:4:14: level: \"${X}\" is not one of debug, info, warning, error",
      ])
  }

  @Test func `only the last line end of a secret's file is taken away`() throws {
    for (text, revealed) in [("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), (" a ", " a ")] {
      let configuration = try configuration(["sluice.yaml": Self.main("file:pass"), "pass": text])
      #expect(configuration.listeners[0].tls?.keyPassphrase?.value.revealed == revealed)
    }
  }
}
