extension AdministrationConfiguration {
  /// Reads the `administration` section; nil if it is turned off (`enabled: false`), or wrong.
  init?(_ section: Section?, file: String) {
    let isEnabled = section?.optional("enabled")?.bool()?.value ?? true
    let isGiven = section?.place(of: "bind") != nil
    let given = section?.optional("bind")?.bindAddress()
    section?.finish()
    if let given, !given.value.isLoopback {
      section?.problems.error(
        at: given.place,
        "bind: administration asks nobody who they are, and \(given.value) can be reached from other machines:"
          + " bind 127.0.0.1 or [::1]")
    }
    let whole = SourcePlace(file: file, line: 0, column: 0)
    let standard = isGiven ? nil : BindAddress("127.0.0.1:9880").map { Placed($0, at: whole) }
    guard isEnabled, let bind = given ?? standard else { return nil }
    self.bind = bind
  }
}
