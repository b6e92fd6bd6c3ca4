import MQTTCodec

// What the codec costs by kind of packet: codec [RUNS]. One line of JSON for each.
let stopwatch = Stopwatch(runs: CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 5)
for version in [ProtocolVersion.v3_1_1, .v5] {
  for figure in Decoding.figures(version, stopwatch) + Encoding.figures(version, stopwatch) { print(figure.line) }
}
