/// Why a filter of an access rule was not accepted.
enum FilterTemplateError: Error {
  case syntax(FilterSyntax.Problem)
  case controlCharacter
  case braces
  case unknownPlaceholder(String)

  /// What is wrong with the filter, for a person; it follows the filter's text.
  var message: String {
    let known = Placeholder.allCases.map(\.text).joined(separator: ", ")
    switch self {
    case .syntax(let problem): return problem.message
    case .controlCharacter: return "contains a control character"
    case .braces: return "has braces that are not a placeholder: a placeholder is a whole level, one of \(known)"
    case .unknownPlaceholder(let word):
      if let near = Spelling.nearest(to: word, among: Placeholder.allCases.map(\.rawValue)) {
        return "has the unknown placeholder {\(printable(word))}: did you mean {\(near)}?"
      }
      return "has the unknown placeholder {\(printable(word))}: known are \(known); for any level write +"
    }
  }
}
