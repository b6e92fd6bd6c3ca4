import COpenSSL

/// Digests of bytes in memory.
public enum Digest {
  /// How many bytes a SHA-256 has.
  public static let sha256Bytes = 32
}
