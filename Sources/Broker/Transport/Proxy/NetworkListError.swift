/// Why a list of networks is refused.
public struct NetworkListError: Error, Equatable, CustomStringConvertible {
  /// What is wrong, and what to write instead.
  public let description: String
}
