import Glibc
import TLS

/// `sluice certificates development`: what a first try needs: an authority, a server and two devices.
enum CertificatesCommand: Command {
  static let name = "certificates"
  static let usage = "sluice certificates development --out var/certs [--days 365]"
  static let summary = "makes development certificates: a CA, a server, and the devices device-1 and device-2"
  static let options = ["out", "days"]

  static func run(_ arguments: Arguments) throws -> Int32 {
    guard arguments.positional == ["development"] else {
      throw UsageError(message: "the kind is missing: development")
    }
    guard let folder = arguments["out"] else { throw UsageError(message: "--out is missing") }
    guard let days = Int(arguments["days"] ?? "365"), days > 0 else {
      throw UsageError(message: "--days wants a number")
    }
    try makeFolder(folder)
    guard access("\(folder)/ca.crt", F_OK) != 0 else {
      Terminal.print("\(folder) has certificates already; remove it to make new ones")
      return 0
    }
    let now = Clock.unixSeconds()
    let authority = try CertificateAuthority.create(commonName: "Sluice development CA", validDays: days, now: now)
    let server = try authority.issueServer(
      dnsNames: ["localhost", hostName()], ipAddresses: ["127.0.0.1", "::1"], commonName: "localhost", validDays: days,
      now: now)
    try server.write(certificateFile: "\(folder)/server.crt", privateKeyFile: "\(folder)/server.key")
    for name in ["device-1", "device-2"] {
      let device = try authority.issueClient(commonName: name, validDays: days, now: now)
      try device.write(certificateFile: "\(folder)/\(name).crt", privateKeyFile: "\(folder)/\(name).key")
    }
    // Last, since its presence says that all are there.
    try authority.issued.write(certificateFile: "\(folder)/ca.crt", privateKeyFile: "\(folder)/ca.key")
    Terminal.print("made a CA and certificates of a server, device-1 and device-2 in \(folder), for \(days) days")
    return 0
  }

  private static func makeFolder(_ path: String) throws {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += (made.isEmpty || made == "/" ? "" : "/") + part
      guard mkdir(made, 0o755) == 0 || errno == EEXIST else {
        throw Failure("can't make the folder \(made): \(String(cString: strerror(errno)))")
      }
    }
  }

  private static func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count) == 0 else { return "localhost.localdomain" }
    let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let isLegal =
      !text.isEmpty
      && text.utf8.allSatisfy { $0 == 45 || $0 == 46 || (48...57).contains($0) || (97...122).contains($0 | 32) }
    return isLegal ? text : "localhost.localdomain"
  }
}
