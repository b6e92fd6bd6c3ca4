import TLS

/// `sluice certificates`: an authority of one's own, and what it signs: a server and its devices.
enum CertificatesCommand: Command {
  static let name = "certificates"
  static let usage = """
    sluice certificates development --out DIR [--days 365]
    sluice certificates authority --out DIR [--name "Sluice devices CA"] [--days 3650]
    sluice certificates server --name HOST [--name HOST ...] --out DIR [--ca DIR] [--days 365]
    sluice certificates client --name NAME [--name NAME ...] [--address IP] --out DIR [--ca DIR] [--days 365]
    """
  static let summary = """
    makes certificates: all that a first try needs, or a CA, a server's for names and IP addresses, and one for each
    named device; --ca is where ca.crt and ca.key are, if not in DIR
    """
  static let options = ["out", "days", "name", "ca", "address"]
  static let repeatable = ["name"]

  /// The options of each kind, beside `out` and `days`.
  private static let kinds = [
    "development": [], "authority": ["name"], "server": ["name", "ca"], "client": ["name", "ca", "address"],
  ]

  static func run(_ arguments: Arguments) throws -> Int32 {
    guard arguments.positional.count == 1, let kind = arguments.positional.first, let possible = kinds[kind] else {
      throw UsageError(message: "one kind is wanted: development, authority, server or client")
    }
    for option in options where !(possible + ["out", "days"]).contains(option) && arguments[option] != nil {
      throw UsageError(message: "--\(option) does not go with \(kind)")
    }
    let folder = try arguments.required("out")
    let days = try days(arguments, default: kind == "authority" ? 3650 : 365)
    switch kind {
    case "development": try makeForDevelopment(in: folder, days: days)
    case "authority": try makeAuthority(arguments, in: folder, days: days)
    case "server": try makeServer(arguments, in: folder, days: days)
    default: try makeClients(arguments, in: folder, days: days)
    }
    return 0
  }

  private static func days(_ arguments: Arguments, default standard: Int) throws(UsageError) -> Int {
    guard let text = arguments["days"] else { return standard }
    guard let days = Int(text), (1...CertificateAuthority.validDaysMax).contains(days) else {
      throw UsageError(message: "--days wants a number from 1 to \(CertificateAuthority.validDaysMax)")
    }
    return days
  }
}
