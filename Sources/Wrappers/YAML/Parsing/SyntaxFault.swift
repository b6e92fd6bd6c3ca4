/// A syntax error as libyaml reports it, and the same in words that help whoever wrote the file.
struct SyntaxFault {
  /// What libyaml found wrong.
  let problem: String
  /// What it was doing.
  let context: String
  /// The line where that began, from 1.
  let contextLine: Int
  /// The character at the problem's place; nil at the end of the file.
  let character: Unicode.Scalar?

  var explanation: String {
    switch problem {
    case "found character that cannot start any token": return badStart
    case "mapping values are not allowed in this context":
      return "a ': ' can't stand here: check the indentation, or quote the value if it is part of it"
    case "could not find expected ':'":
      return
        "the key in line \(contextLine) has no ':' after it: check indentation and quotes"
    case "did not find expected key":
      return
        "a key of the mapping that begins in line \(contextLine) was expected here: check indentation and quotes"
    case "did not find expected '-' indicator":
      return "a '-' of the list that begins in line \(contextLine) was expected here: check the indentation"
    case "did not find expected ',' or ']'":
      return "a ',' or the ']' of the list that begins in line \(contextLine) was expected here"
    case "did not find expected ',' or '}'":
      return "a ',' or the '}' of the mapping that begins in line \(contextLine) was expected here"
    case "did not find expected node content" where character == ":":
      return "a value was expected here, not ':'; a text that begins with '[' or '{', such as [::1]:8883, needs quotes"
    case "did not find expected node content": return "a value was expected here"
    case "block sequence entries are not allowed in this context":
      return "a list entry ('- ') can't begin here: put it on a line of its own, and indent it"
    case "mapping keys are not allowed in this context": return "a key can't begin here: check the indentation"
    case "found unexpected end of stream":
      return "the file ends inside the quotes that were opened in line \(contextLine): close them"
    case "found unexpected document indicator":
      return "'---' or '...' stands inside the quotes that were opened in line \(contextLine): close them"
    case "found unknown escape character":
      return "unknown escape in double quotes: write \\\\ for a backslash, or use single quotes"
    case "did not find expected hexdecimal number": return "hexadecimal digits were expected in this escape"
    case "found invalid Unicode character escape code": return "this escape is no Unicode character"
    case "found unexpected ':'": return "a ':' can't stand here without quotes around the value"
    case "did not find expected <document start>":
      return "only one value can stand at the top of a file: check the indentation"
    case "found a tab character where an indentation space is expected",
      "found a tab character that violates indentation":
      return "a tab can't indent: use spaces"
    case "found undefined tag handle": return "tags (!name) are not supported: quote the value if it begins with '!'"
    default: return context.isEmpty ? problem : "\(problem) (\(context) that begins in line \(contextLine))"
    }
  }

  private var badStart: String {
    switch character {
    case "\t": return "a tab can't indent or stand before a value: use spaces"
    case nil: return "a value was expected here"
    case let other?: return "a value can't begin with '\(other)' unless it is in quotes"
    }
  }

}
