import Configuration
import EventLoop
import Glibc

/// `sluice demonstration`: the broker, and one message each way through it, with the clients that people use.
enum DemonstrationCommand: Command {
  static let name = "demonstration"
  static let usage = "sluice demonstration --config config/development/sluice.yaml"
  static let summary =
    "runs the broker, shows a device's message arriving in Kafka and a record coming back, and stays up"
  static let options = ["config"]

  static func run(_ arguments: Arguments) throws -> Int32 {
    try arguments.onlyOptions()
    let path = try arguments.required("config")
    let assembly = Assembly.load(path)
    assembly.report()
    guard let plan = assembly.plan else { return 1 }
    let server = Server(plan)
    return try RunCommand.runUntilStopped(server) { try demonstrate(server, plan, isStopping: $0) }
  }

  private static func demonstrate(_ server: Server, _ plan: Assembly.Plan, isStopping: () -> Bool) throws {
    guard let listener = plan.configuration.listeners.first(where: { $0.tls?.clientCA != nil }),
      let address = server.addresses[listener.name.value], let kafka = server.bootstrapServers,
      let authority = listener.tls?.clientCA?.value
    else { throw Failure("the demonstration wants an mqtts listener with client_ca, and kafka") }
    let words = Words(port: Int(address.port), folder: folder(of: authority), kafka: kafka)

    say("\n1. device-1 publishes its temperature over mutual TLS, and waits for the acknowledgement:")
    try show(words.publish, isStopping)
    say("   acknowledged: every in-sync replica of Kafka has the record.\n")
    say("2. The record as any Kafka consumer sees it:")
    try show(words.consume, isStopping)
    say(
      "\n3. device-1 waits for commands; a record with its name as key is produced to Kafka, and arrives at the device:"
    )
    let device = try ChildProcess(words.receive)
    say("   $ \(Words.line(words.receive))   (waits)")
    // A subscriber takes a moment to connect; the record is sent again until it is there, as the topic is not retained.
    try server.waitForSubscriptions(1, timeoutSeconds: 15, isStopping: isStopping)
    say("   $ echo -n 'open valve 7' | \(Words.line(words.produce))")
    _ = try ChildProcess(words.produce, input: "open valve 7").wait(timeoutSeconds: 20, isStopping: isStopping)
    say(indented(try device.wait(timeoutSeconds: 30, isStopping: isStopping)))
    say(words.farewell)
  }

  /// The folder of a file, without detours: `config/development/../../var/certs/ca.crt` is in `var/certs`.
  private static func folder(of path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/", omittingEmptySubsequences: false).dropLast() where part != "." {
      if part == "..", let last = parts.last, last != "..", !last.isEmpty {
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }

  private static func show(_ command: [String], _ isStopping: () -> Bool) throws {
    say("   $ \(Words.line(command))")
    let output = try ChildProcess(command).wait(timeoutSeconds: 30, isStopping: isStopping)
    if !output.isEmpty { say(indented(output)) }
  }

  private static func say(_ text: String) { Terminal.print(text) }

  private static func indented(_ text: String) -> String {
    text.split(separator: "\n").map { "   " + $0 }.joined(separator: "\n")
  }
}

/// The command lines of the demonstration, as they can be pasted.
private struct Words {
  let port: Int
  let folder: String
  let kafka: String

  private func device(_ program: String, _ name: String) -> [String] {
    [
      program, "-h", "localhost", "-p", "\(port)", "--cafile", "\(folder)/ca.crt", "--cert", "\(folder)/\(name).crt",
      "--key",
      "\(folder)/\(name).key",
    ]
  }

  var publish: [String] {
    device("mosquitto_pub", "device-1")
      + ["-i", "device-1", "-q", "1", "-t", "plants/7/devices/device-1/telemetry/temperature", "-m", "21.5"]
  }

  var consume: [String] {
    [
      "kcat", "-q", "-b", kafka, "-C", "-t", "telemetry", "-o", "beginning", "-e", "-f",
      #"topic %t, partition %p, offset %o, key %k, headers %h: %s\n"#,
    ]
  }

  var receive: [String] {
    device("mosquitto_sub", "device-1")
      + [
        "-i", "device-1", "-q", "1", "-t", "plants/+/devices/device-1/commands", "-C", "1", "-W", "25", "-F", "%t: %p",
      ]
  }

  var produce: [String] {
    ["kcat", "-b", kafka, "-P", "-t", "device-commands", "-k", "device-1", "-H", "plant=7"]
  }

  private var listen: [String] {
    device("mosquitto_sub", "device-2")
      + ["-i", "device-2", "-q", "1", "-v", "-t", "plants/+/devices/device-2/commands"]
  }

  private var trespass: [String] {
    device("mosquitto_pub", "device-2")
      + ["-V", "5", "-q", "1", "-t", "plants/7/devices/device-1/telemetry/temperature", "-m", "0"]
  }

  var farewell: String {
    """

    Sluice stays up. Paste these into other terminals, in this folder:

      # a device publishes
      \(Words.line(publish))
      # a device waits for commands
      \(Words.line(listen))
      # all telemetry, as Kafka consumers see it
      kcat -b \(kafka) -C -t telemetry -f '%k %h: %s\\n'
      # a command for device-2
      echo -n 'restart' | kcat -b \(kafka) -P -t device-commands -k device-2 -H plant=7
      # device-2 may not publish as device-1: refused, and not in Kafka
      \(Words.line(trespass))

    The embedded Kafka is in memory: its records are gone when Sluice ends. Ctrl-C ends it.
    """
  }

  /// A command as it is typed: words that a shell would change are quoted.
  static func line(_ command: [String]) -> String {
    command.map { word in
      word.contains { "#+%$ {}\\*".contains($0) } ? "'\(word)'" : word
    }.joined(separator: " ")
  }
}
