/// The bytes of a file, found to be text that libyaml can be given: bounded, UTF-8 without its byte order mark, free of
/// control characters and of directives. libyaml tells no line for faults of these kinds, and its time for `%TAG`
/// directives grows with their square, so they are found here.
struct SourceText {
  let bytes: [UInt8]
  let file: String
  let limits: YAMLLimits

  init(checking input: [UInt8], file: String, limits: YAMLLimits) throws(YAMLError) {
    let start = YAMLPlace(file: file, line: 1, column: 1)
    guard input.count <= limits.bytesMax else {
      throw YAMLError(place: start, message: "the file is larger than \(limits.bytesMax) bytes")
    }
    if input.starts(with: [0xFE, 0xFF]) || input.starts(with: [0xFF, 0xFE]) {
      throw YAMLError(place: start, message: "the file is UTF-16: save it as UTF-8")
    }
    self.file = file
    self.limits = limits
    bytes = input.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(input.dropFirst(3)) : input
    try checkCharacters()
  }

  private func checkCharacters() throws(YAMLError) {
    var position = Position()
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      var scalar = Unicode.Scalar(byte)
      var width = 1
      if byte >= 0x80 {
        var parser = Unicode.UTF8.ForwardParser()
        var character = bytes[index..<min(index + 4, bytes.count)].makeIterator()
        guard case .valid(let encoded) = parser.parseScalar(from: &character) else {
          throw error("this is not UTF-8: save the file as UTF-8", at: position)
        }
        scalar = Unicode.UTF8.decode(encoded)
        width = encoded.count
      }
      if let fault = Self.fault(of: scalar, column: position.column) { throw error(fault, at: position) }
      position.advance(over: scalar)
      index += width
    }
  }

  private func error(_ message: String, at position: Position) -> YAMLError {
    YAMLError(place: YAMLPlace(file: file, line: position.line, column: position.column), message: message)
  }

  /// Counts lines and columns as libyaml does.
  private struct Position {
    var line = 1
    var column = 1
    private var afterCarriageReturn = false

    mutating func advance(over scalar: Unicode.Scalar) {
      switch scalar.value {
      case 0x0A where afterCarriageReturn: break
      case 0x0A, 0x0D, 0x85, 0x2028, 0x2029:
        line += 1
        column = 1
      default: column += 1
      }
      afterCarriageReturn = scalar.value == 0x0D
    }
  }

  private static func fault(of scalar: Unicode.Scalar, column: Int) -> String? {
    switch scalar.value {
    case 0x25 where column == 1:
      return
        "a line can't begin with '%': directives (%YAML, %TAG) are not supported"
    case 0x00: return "a NUL character can't stand in a file"
    case 0xFEFF: return "a byte order mark can stand at the beginning only: remove it here"
    case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xFFFD, 0x10000...: return nil
    default: return "a control character (\(scalar.escaped(asASCII: true))) can't stand in a file: remove it"
    }
  }

  /// The character at an index that libyaml reported, counted in characters; nil at the end.
  func character(at index: Int) -> Unicode.Scalar? {
    let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars
    return scalars.dropFirst(index).first
  }
}
