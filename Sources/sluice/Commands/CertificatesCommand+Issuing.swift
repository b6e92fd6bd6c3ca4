import EventLoop
import TLS

extension CertificatesCommand {
  /// `ca.crt` and `ca.key`.
  static func makeAuthority(_ arguments: Arguments, in folder: String, days: Int) throws {
    guard arguments.all("name").count <= 1 else { throw UsageError(message: "an authority has one name") }
    let pair = Pair(folder, "ca")
    try pair.mustBeNew()
    let authority = try CertificateAuthority.create(
      commonName: arguments["name"] ?? "Sluice devices CA", validDays: days, now: Clock.unixSeconds())
    try Folders.make(folder)
    try pair.write(authority.issued)
    Terminal.print("made \(pair), an authority for \(days) days; whoever has its key can make devices: guard it")
  }

  /// `server.crt` and `server.key`, for all the names.
  static func makeServer(_ arguments: Arguments, in folder: String, days: Int) throws {
    let names = arguments.all("name")
    guard !names.isEmpty else { throw UsageError(message: "--name is missing: a name or address to connect to") }
    let pair = Pair(folder, "server")
    try pair.mustBeNew()
    let authority = try authority(arguments, folder)
    let server = try authority.issueServer(
      dnsNames: names.filter { !isAddress($0) }, ipAddresses: names.filter(isAddress), validDays: days,
      now: Clock.unixSeconds())
    try Folders.make(folder)
    try pair.write(server)
    Terminal.print("made \(pair), for \(names.joined(separator: ", "))")
  }

  /// `NAME.crt` and `NAME.key` for each name.
  static func makeClients(_ arguments: Arguments, in folder: String, days: Int) throws {
    let names = arguments.all("name")
    guard !names.isEmpty else { throw UsageError(message: "--name is missing: the device's name") }
    let address = arguments["address"]
    if let address {
      guard names.count == 1 else { throw UsageError(message: "--address goes with one --name") }
      guard isAddress(address) else { throw UsageError(message: "--address wants an IP address, not \(address)") }
    }
    let pairs = names.map { Pair(folder, $0) }
    for (index, name) in names.enumerated() {
      guard isFileName(name) else {
        throw UsageError(message: "--name \(name): the name is the file's name too, so no / and no . or - at its begin")
      }
      guard !names[..<index].contains(name) else { throw UsageError(message: "--name \(name) is given twice") }
      try pairs[index].mustBeNew()
    }
    let authority = try authority(arguments, folder)
    // All before the first is written: a name that is not possible leaves nothing half done.
    let issued = try names.map {
      try authority.issueClient(
        commonName: $0, alternativeNames: address.map { [.ip($0)] } ?? [], validDays: days, now: Clock.unixSeconds())
    }
    try Folders.make(folder)
    for (pair, certificate) in zip(pairs, issued) {
      try pair.write(certificate)
      Terminal.print("made \(pair)")
    }
  }

  private static func authority(_ arguments: Arguments, _ folder: String) throws -> CertificateAuthority {
    let place = arguments["ca"] ?? folder
    guard Folders.isThere("\(place)/ca.crt") else {
      throw Failure(
        "there is no \(place)/ca.crt: make an authority first (sluice certificates authority), or name its "
          + "folder with --ca")
    }
    return try CertificateAuthority.load(certificateFile: "\(place)/ca.crt", keyFile: "\(place)/ca.key")
  }

  private static func isAddress(_ text: String) -> Bool { SocketAddress(host: text, port: 0) != nil }

  private static func isFileName(_ name: String) -> Bool {
    !name.utf8.contains(UInt8(ascii: "/")) && !name.hasPrefix(".") && !name.hasPrefix("-") && name.utf8.count <= 250
  }
}

/// The two files of a certificate.
private struct Pair: CustomStringConvertible {
  let certificate: String
  let key: String

  init(_ folder: String, _ name: String) {
    certificate = "\(folder)/\(name).crt"
    key = "\(folder)/\(name).key"
  }

  var description: String { "\(certificate) and \(key)" }

  /// A key that is overwritten is lost.
  func mustBeNew() throws {
    for file in [certificate, key] where Folders.isThere(file) {
      throw Failure("\(file) exists already; nothing was made")
    }
  }

  func write(_ issued: IssuedCertificate) throws {
    try issued.write(certificateFile: certificate, privateKeyFile: key)
  }
}
