/// Asks a server of this machine with curl.
enum HTTP {
  static func get(_ port: UInt16, _ path: String) async throws -> (status: Int, body: String) {
    let url = "http://127.0.0.1:\(port)\(path)"
    let output = try await Tool.curl.output(
      ["--silent", "--noproxy", "*", "--max-time", "10", "--write-out", "\n%{http_code}", url])
    guard let end = output.lastIndex(of: "\n"), let status = Int(output[output.index(after: end)...]) else {
      throw HarnessFailure("no status in \(output)")
    }
    return (status, String(output[..<end]))
  }
}
