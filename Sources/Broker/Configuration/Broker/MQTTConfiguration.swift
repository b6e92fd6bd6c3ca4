/// What MQTT leaves to the server.
public struct MQTTConfiguration: Sendable {
  /// `validate_payload_format`: whether a payload that is said to be text must be. False by default.
  public let validatesPayloadFormat: Bool
  /// `reveal_refusals`: whether MQTT 5.0 clients are told why they are refused. True by default.
  public let revealsRefusals: Bool
  /// `response_information`: a template of the topics for responses; nil by default: none is told. Whoever builds the
  /// template checks it, and reports the place given here.
  public let responseInformation: Placed<String>?

  /// `allow_control_characters`: whether topics, filters, client identifiers and user names may hold control
  /// characters. False by default.
  public let allowsControlCharacters: Bool
  /// `strict_client_identifiers`: whether client identifiers of MQTT 3.1 are held to its 23 characters. False by
  /// default.
  public let isStrictAboutClientIDs: Bool

  /// Reads the `mqtt` section; what is absent has its default.
  init(_ section: Section?) {
    validatesPayloadFormat = section?.optional("validate_payload_format")?.bool()?.value ?? false
    revealsRefusals = section?.optional("reveal_refusals")?.bool()?.value ?? true
    responseInformation = section?.optional("response_information")?.string()
    allowsControlCharacters = section?.optional("allow_control_characters")?.bool()?.value ?? false
    isStrictAboutClientIDs = section?.optional("strict_client_identifiers")?.bool()?.value ?? false
    section?.finish()
  }
}
