extension AuthenticationConfiguration {
  /// Reads the `authentication` section; what is absent has its default.
  init(_ section: Section?) {
    let isAnonymousAllowed = section?.optional("anonymous")?.bool()
    anonymous = isAnonymousAllowed?.value ?? false
    anonymousPlace = isAnonymousAllowed?.place
    unprovenUserNames = section?.optional("unproven_user_names")?.choice(UnprovenUserNames.self)?.value ?? .ignore
    passwordFile = section?.optional("password_file")?.path()
    certificates = section?.optional("certificates")?.bool()?.value ?? true
    clientIDBinding = section?.optional("client_id")?.choice(ClientIDBinding.self)?.value ?? .any
    clientAddressBinding = section?.optional("client_address")?.choice(ClientAddressBinding.self)?.value ?? .any
    section?.finish()
  }
}
