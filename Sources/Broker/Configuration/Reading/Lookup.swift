import YAML

/// What reading a value may need beside the value: the environment, files, and where to report.
struct Lookup {
  let problems: Problems
  let environment: (String) -> String?
  /// The folder of the file that is read.
  let folder: Folder

  /// The longest secret in bytes; the same as a value in a file may have.
  static let secretBytesMax = YAMLLimits().scalarBytesMax

  /// A text with its `${NAME}` references replaced; nil, and an error, if one of them is not set or is malformed.
  ///
  /// `$${` stands for `${`. A variable's value is not looked into again.
  func expand(_ text: String, of key: String, at place: SourcePlace) -> (text: String, hasReference: Bool)? {
    var result = ""
    var rest = text[...]
    var hasReference = false
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[dollar...]
      if rest.hasPrefix("$${") {
        result += "${"
        rest = rest.dropFirst(3)
      } else if rest.hasPrefix("${") {
        guard let end = rest.firstIndex(of: "}"), let value = variable(rest.dropFirst(2)[..<end], of: key, at: place)
        else {
          if !rest.contains("}") {
            problems.error(at: place, "\(key): \"${\" without a \"}\"; write $${ if it is meant as text")
          }
          return nil
        }
        result += value
        rest = rest[end...].dropFirst()
        hasReference = true
      } else {
        result += "$"
        rest = rest.dropFirst()
      }
    }
    result += rest
    guard result.utf8.count <= YAMLLimits().scalarBytesMax else {
      problems.error(
        at: place, "\(key): the value is longer than \(YAMLLimits().scalarBytesMax) bytes with its variables put in")
      return nil
    }
    return (result, hasReference)
  }

  private func variable(_ name: Substring, of key: String, at place: SourcePlace) -> String? {
    let isName =
      !name.isEmpty && name.first?.isNumber == false
      && name.utf8.allSatisfy {
        $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0)
          || (0x61...0x7A).contains($0)
      }
    guard isName else {
      problems.error(
        at: place,
        "\(key): \(YAMLError.quoted(String(name))) is no variable's name (letters, digits and _);"
          + " write $${ if it is meant as text"
      )
      return nil
    }
    guard let value = environment(String(name)) else {
      problems.error(at: place, "\(key): the environment variable \(name) is not set")
      return nil
    }
    return value
  }

  /// What stands in a file that holds a secret, without the line end at its end.
  func secret(inFile path: String, of key: String, at place: SourcePlace) -> Secret? {
    let path = folder.path(path)
    let bytes: [UInt8]
    do throws(FileReading.Failure) {
      bytes = try FileReading.bytes(of: path, bytesMax: Self.secretBytesMax)
    } catch {
      problems.error(at: place, "\(key): the file \(YAMLError.quoted(path)) \(error.reason)")
      return nil
    }
    guard var text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) else {
      problems.error(at: place, "\(key): the file \(YAMLError.quoted(path)) does not hold a text in UTF-8")
      return nil
    }
    if text.last?.isNewline == true { text.removeLast() }
    guard !text.isEmpty else {
      problems.error(at: place, "\(key): the file \(YAMLError.quoted(path)) is empty")
      return nil
    }
    return Secret(text)
  }
}
