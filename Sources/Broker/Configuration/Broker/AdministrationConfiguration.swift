/// Where health and metrics are served. It asks nobody who they are, so it is on a loopback address.
public struct AdministrationConfiguration: Sendable {
  /// `bind`: a loopback address; 127.0.0.1:9880 by default.
  public let bind: Placed<BindAddress>
}
