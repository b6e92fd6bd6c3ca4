/// The bounds of reading one YAML file.
public struct YAMLLimits: Sendable {
  /// The largest file in bytes. 4 MiB: ten thousands of access rules; libyaml needs a small multiple of it in memory.
  public var bytesMax = 4 << 20
  /// How deep sequences and mappings may nest. 32: configuration needs 6, and whoever walks the tree may recurse.
  public var depthMax = 32
  /// How many nodes a file may hold, keys included. 400,000: what 4 MiB of dense configuration comes to.
  public var nodesMax = 400_000
  /// The longest scalar in bytes. 64 KiB: a certificate chain in one value fits.
  public var scalarBytesMax = 64 << 10
  /// How many errors of one file are kept. 100: nobody reads more before mending some.
  public var errorsMax = 100

  /// The defaults.
  public init() {}
}
