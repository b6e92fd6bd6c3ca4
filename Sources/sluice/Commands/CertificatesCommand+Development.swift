import Glibc
import TLS

extension CertificatesCommand {
  private static let devices = ["device-1", "device-2"]

  /// An authority, a server and two devices; nothing when they are there already. What is there is never overwritten.
  static func makeForDevelopment(in folder: String, days: Int) throws {
    let files =
      ["\(folder)/ca.crt"]
      + (["server"] + devices).flatMap { ["\(folder)/\($0).crt", "\(folder)/\($0).key"] }
    let found = files.filter { Folders.isThere($0) }
    if found.count == files.count { return try confirm(folder, files) }
    let now = Clock.unixSeconds()
    guard found.isEmpty, !Folders.isThere("\(folder)/ca.key") else {
      let missing = files.first { !found.contains($0) } ?? "\(folder)/ca.crt"
      throw Failure(
        "\(folder) has some certificates, but \(missing) is missing: remove \(folder), or name another folder")
    }
    try Folders.make(folder)
    let authority = try CertificateAuthority.create(commonName: "Sluice development CA", validDays: days, now: now)
    let server = try authority.issueServer(
      dnsNames: ["localhost", hostName()], ipAddresses: ["127.0.0.1", "::1"], commonName: "localhost", validDays: days,
      now: now)
    let clients = try devices.map { ($0, try authority.issueClient(commonName: $0, validDays: days, now: now)) }
    for (name, issued) in [("server", server)] + clients {
      try issued.write(certificateFile: "\(folder)/\(name).crt", privateKeyFile: "\(folder)/\(name).key")
    }
    // Last, since its presence says that all are there.
    try authority.issued.write(certificateFile: "\(folder)/ca.crt", privateKeyFile: "\(folder)/ca.key")
    Terminal.print("made a CA and certificates of a server, device-1 and device-2 in \(folder), for \(days) days")
  }

  /// They are all there: are they good for anything?
  private static func confirm(_ folder: String, _ files: [String]) throws {
    let now = Clock.unixSeconds()
    for file in files {
      guard access(file, R_OK) == 0 else {
        throw Failure("\(file) can't be read: \(String(cString: strerror(errno))); did another user make it?")
      }
      guard file.hasSuffix(".crt") else { continue }
      do throws(TLSError) {
        let certificate = try PeerCertificate.load(file: file)
        guard certificate.notAfter > now else {
          throw TLSError(kind: .certificate, message: "\(file) has expired")
        }
      } catch {
        throw Failure("\(error); remove \(folder) to have new certificates made")
      }
    }
    Terminal.print("\(folder) has certificates already; remove it to make new ones")
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
