/// The methods that routes can have (RFC 9110 section 9.3, RFC 5789). Others are answered 501.
public enum HTTPMethod: String, Sendable, CaseIterable {
  /// Reads.
  case get = "GET"
  /// Reads the headers alone; answered by the GET route.
  case head = "HEAD"
  /// Does something.
  case post = "POST"
  /// Replaces.
  case put = "PUT"
  /// Changes a part.
  case patch = "PATCH"
  /// Removes.
  case delete = "DELETE"
  /// Asks what is possible.
  case options = "OPTIONS"
}
