/// Everything that the configuration files say, as typed values with the places where they are written.
///
/// This module reads `sluice.yaml` and the access and mappings files that it names, and finds all that can be found
/// wrong without opening a socket, a certificate or a connection to Kafka. Every error of every file is collected and
/// told with its place and, where something comes near, what was probably meant. What has a language of its own (topic
/// filters, templates, group members) is handed on as text with its place, for the module that understands it.
///
/// Rules for all files: an unknown key is an error; relative paths are relative to the folder of the file that names
/// them; `${NAME}` in a value stands for an environment variable (`$${` for a `${` that is meant as text); a secret is
/// best written as `file:PATH` or `${NAME}`.
///
/// A value, made by ``load(_:environment:)`` and immutable: any thread may use it.
public struct Configuration: Sendable {
  /// The main file, as the path by which it was opened.
  public let file: String
  /// `listeners`: at least one; names and addresses are unique.
  public let listeners: [ListenerConfiguration]
  /// `authentication`.
  public let authentication: AuthenticationConfiguration
  /// `mqtt`.
  public let mqtt: MQTTConfiguration
  /// `limits`.
  public let limits: LimitsConfiguration
  /// `kafka`; nil if there is no such section: then there is no bridge.
  public let kafka: KafkaConfiguration?
  /// `shards`: 1 to 256; nil by default: one for each core.
  public let shards: Int?
  /// `log`.
  public let log: LogConfiguration
  /// `administration`; nil if it is turned off.
  public let administration: AdministrationConfiguration?
  /// The file that `access` names; `access.yaml` beside the main file by default.
  public let access: AccessConfiguration
  /// The file that `mappings` names; `mappings.yaml` beside the main file by default, which need not exist without
  /// `kafka`.
  public let mappings: MappingsConfiguration
}
