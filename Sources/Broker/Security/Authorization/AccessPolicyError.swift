/// Why an access policy was not accepted: everything that was found wrong, not only the first thing.
public struct AccessPolicyError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, in the order of the file; never empty, at most ``AccessLimits/problemsMax``.
  public let problems: [AccessProblem]

  /// One line for each problem.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
