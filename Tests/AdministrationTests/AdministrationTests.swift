import Administration
import Foundation
import HTTPServer
import Synchronization
import Testing

@Suite struct AdministrationTests {
  private func get(
    _ path: String, accept: String? = nil, beats: [ShardHeartbeat] = [ShardHeartbeat(shard: 0, ageMilliseconds: 5)],
    readiness: Readiness = Readiness(listeners: [.init(name: "mqtts")], kafka: nil)
  ) throws -> (status: Int, type: String, body: String) {
    let administration = Administration(
      metrics: [ProcessMetrics(version: "1.2.3")], heartbeats: { beats }, readiness: { readiness })
    let server = try HTTPServer(host: "127.0.0.1", port: 0, routes: administration.routes)
    var arguments = ["-sS", "--max-time", "20", "-w", "\n%{http_code} %{content_type}"]
    if let accept { arguments += ["-H", "Accept: \(accept)"] }
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
    process.arguments = arguments + ["http://127.0.0.1:\(server.port)\(path)"]
    process.standardOutput = output
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let last = lines.removeLast().split(separator: " ", maxSplits: 1)
    return (try #require(Int(last[0])), String(last[1]), lines.joined(separator: "\n"))
  }

  @Test func `metrics are served in the text format`() throws {
    let answer = try get("/metrics")
    #expect(answer.status == 200)
    #expect(answer.type == "text/plain; version=0.0.4; charset=utf-8")
    #expect(answer.body.contains("sluice_build_info{version=\"1.2.3\"} 1\n"))
  }

  @Test func `it is alive while every shard's heartbeat is recent`() throws {
    let answer = try get("/livez")
    #expect(answer.status == 200)
    #expect(answer.body == "ok\n")
  }

  @Test func `a shard that hangs, or no shard, is not alive, and is named`() throws {
    let stale = try get(
      "/livez", beats: [.init(shard: 1, ageMilliseconds: 10_001), .init(shard: 0, ageMilliseconds: 10_000)])
    #expect(stale.status == 503)
    #expect(stale.body == "shard 1 has not run for 10001 ms (at most 10000 ms is normal)\n")
    #expect(try get("/livez", beats: []).status == 503)
  }

  @Test func `it is ready when all listeners are bound and Kafka is reachable, or not configured`() throws {
    #expect(try get("/readyz").body == "ok\n")
    let answer = try get("/readyz", readiness: Readiness(listeners: [.init(name: "mqtts")], kafka: .reachable))
    #expect(answer.status == 200)
    let impaired = Readiness(listeners: [.init(name: "m")], kafka: .impaired(reasons: ["x"]))
    let unread = try get("/readyz", readiness: impaired)
    #expect(unread.status == 503 && unread.body == "x\n")
  }

  @Test func `what keeps it from being ready is said, a line each, or as JSON when asked`() throws {
    let readiness = Readiness(
      listeners: [.init(name: "mqtts"), .init(name: "wss", problem: "address in use")],
      kafka: .unreachable(reason: "no answer from \"k\"\nsince 5 s"), isStopping: true)
    let text = try get("/readyz", readiness: readiness)
    #expect(text.status == 503)
    #expect(text.type == "text/plain; charset=utf-8")
    #expect(
      text.body == """
        the broker is stopping
        listener wss is not bound: address in use
        Kafka is not reachable: no answer from "k"since 5 s

        """)
    let json = try get("/readyz", accept: "application/json", readiness: readiness)
    #expect(json.status == 503)
    #expect(json.type == "application/json")
    let value = try #require(try JSONSerialization.jsonObject(with: Data(json.body.utf8)) as? [String: Any])
    #expect(value["status"] as? String == "unavailable")
    #expect((value["reasons"] as? [String])?.last == "Kafka is not reachable: no answer from \"k\"\nsince 5 s")
    #expect(try get("/readyz", readiness: Readiness(listeners: [], kafka: nil)).status == 503)
  }
}
