import YAML

/// What one load has found wrong so far. Confined to the thread that loads.
final class Problems {
  private var errors: [ConfigurationError] = []
  private var warnings: [ConfigurationWarning] = []
  private var hiddenErrors = 0
  private var hiddenWarnings = 0
  /// Files in the order in which they were asked for: problems are shown in this order.
  private var files: [String] = []

  /// How many errors there are, hidden ones included.
  var errorCount: Int { errors.count + hiddenErrors }

  func willRead(_ file: String) { files.append(file) }

  /// Whether the next error is shown. A suggestion costs more than all else, so none is looked for in vain.
  var showsNextError: Bool { errors.count < ConfigurationReport.errorsMax - 1 }

  func error(at place: SourcePlace, _ message: String, meant suggestion: @autoclosure () -> String? = nil) {
    if showsNextError {
      errors.append(ConfigurationError(place: place, message: message, suggestion: suggestion()))
    } else {
      hiddenErrors += 1
    }
  }

  func warning(at place: SourcePlace, _ message: String) {
    if warnings.count < ConfigurationReport.errorsMax - 1 {
      warnings.append(ConfigurationWarning(place: place, message: message))
    } else {
      hiddenWarnings += 1
    }
  }

  /// All problems in the order of files, lines and columns, and how many more there were.
  func sorted() -> (errors: [ConfigurationError], warnings: [ConfigurationWarning]) {
    var errors = inOrder(errors, by: \.place)
    var warnings = inOrder(warnings, by: \.place)
    if hiddenErrors > 0, let last = errors.last {
      errors.append(
        ConfigurationError(
          place: SourcePlace(file: last.place.file, line: 0, column: 0),
          message: "\(hiddenErrors) more errors are not shown"))
    }
    if hiddenWarnings > 0, let last = warnings.last {
      warnings.append(
        ConfigurationWarning(
          place: SourcePlace(file: last.place.file, line: 0, column: 0),
          message: "\(hiddenWarnings) more warnings are not shown"))
    }
    return (errors, warnings)
  }

  private func inOrder<Problem>(_ problems: [Problem], by place: (Problem) -> SourcePlace) -> [Problem] {
    // The offset keeps the order of problems with one place: sort(by:) does not promise to.
    problems.enumerated().sorted { a, b in
      let (one, other) = (place(a.element), place(b.element))
      return (files.firstIndex(of: one.file) ?? files.count, one.line, one.column, a.offset)
        < (files.firstIndex(of: other.file) ?? files.count, other.line, other.column, b.offset)
    }.map(\.element)
  }
}

extension SourcePlace {
  /// The same place as the wrapper of libyaml gives it.
  init(_ place: YAMLPlace) { self.init(file: place.file, line: place.line, column: place.column) }
}
