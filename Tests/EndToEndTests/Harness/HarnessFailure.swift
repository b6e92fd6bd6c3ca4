/// The test cannot go on: what was expected, and all that the processes said.
struct HarnessFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
