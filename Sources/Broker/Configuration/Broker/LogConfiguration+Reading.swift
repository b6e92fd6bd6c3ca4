extension LogConfiguration {
  /// Reads the `log` section; what is absent has its default.
  init(_ section: Section?) {
    level = section?.optional("level")?.choice(Level.self)?.value ?? .info
    format = section?.optional("format")?.choice(Format.self)?.value ?? .text
    section?.finish()
  }
}
