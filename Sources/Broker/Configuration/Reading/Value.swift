import YAML

/// A value in a file while it is read: each method asks for one type, and reports anything else.
struct Value {
  let node: YAMLNode
  /// The key under which it stands, for messages; the list's key for an entry of a list.
  let key: String
  let lookup: Lookup

  var place: SourcePlace { SourcePlace(node.place) }
  var problems: Problems { lookup.problems }

  /// A scalar with its references replaced, and how it was written: messages show only that.
  struct Text {
    let text: String
    let written: String
    let hasReference: Bool
  }

  func report(_ message: String, meant suggestion: @autoclosure () -> String? = nil) {
    problems.error(at: place, message, meant: suggestion())
  }

  /// Whether nothing is written behind the key.
  var isNull: Bool {
    if case .scalar(let scalar) = node.content { scalar.isNull } else { false }
  }

  /// Any text that is not empty. `expected` completes "expected ..." where something else stands there.
  func text(expected: String = "a text") -> Text? {
    switch node.content {
    case .refused: return nil
    case .sequence: report("\(key): expected \(expected), found a list")
    case .mapping:
      report("\(key): expected \(expected), found keys and values; put the text in quotes if it begins with \"{\"")
    case .scalar(let scalar):
      if scalar.isNull {
        report("\(key): expected \(expected), found nothing")
        break
      }
      guard let expanded = lookup.expand(scalar.text, of: key, at: place) else { return nil }
      if expanded.text.isEmpty {
        report("\(key): expected \(expected), found an empty text")
        break
      }
      return Text(
        text: expanded.text, written: scalar.text, hasReference: expanded.hasReference)
    }
    return nil
  }

  func string(expected: String = "a text") -> Placed<String>? {
    text(expected: expected).map { Placed($0.text, at: place) }
  }

  func bool() -> Placed<Bool>? {
    guard let text = text(expected: "true or false") else { return nil }
    if text.text == "true" { return Placed(true, at: place) }
    if text.text == "false" { return Placed(false, at: place) }
    let meant = ["true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"]
    report(
      "\(key): expected true or false, found \(YAMLError.quoted(text.written))", meant: meant[text.written.lowercased()]
    )
    return nil
  }

  func number(_ quantity: Quantity, in range: ClosedRange<Int>) -> Placed<Int>? {
    guard let text = text(expected: quantity.hint) else { return nil }
    guard let number = quantity.parse(text.text) else {
      report(
        "\(key): expected \(quantity.hint), found \(YAMLError.quoted(text.written))",
        meant: quantity.suggestion(for: text.written))
      return nil
    }
    guard range.contains(number) else {
      report("\(key): \(YAMLError.quoted(text.written)) is out of range: \(quantity.words(range))")
      return nil
    }
    return Placed(number, at: place)
  }

  func choice<Choice: CaseIterable & RawRepresentable<String>>(_: Choice.Type = Choice.self) -> Placed<Choice>? {
    let names = Choice.allCases.map(\.rawValue)
    guard let text = text(expected: "one of \(names.joined(separator: ", "))") else { return nil }
    if let choice = Choice(rawValue: text.text) { return Placed(choice, at: place) }
    report(
      "\(key): \(YAMLError.quoted(text.written)) is not one of \(names.joined(separator: ", "))",
      meant: Spelling.nearest(to: text.written, among: names))
    return nil
  }

  /// A path; a relative one is put on the folder of the file that names it.
  func path() -> Placed<String>? {
    guard let text = text(expected: "a path") else { return nil }
    if text.text.hasPrefix("~") {
      report("\(key): \"~\" is not replaced in paths: write the whole path, or ${HOME}")
      return nil
    }
    return Placed(lookup.folder.path(text.text), at: place)
  }

  /// A secret: `file:PATH`, a text with `${NAME}`, or (with a warning) a text that stands in the file.
  func secret() -> Placed<Secret>? {
    guard let text = text(expected: "file:PATH or ${NAME}") else { return nil }
    if text.text == "file:" {
      report("\(key): expected file:PATH, found \"file:\" without a path")
      return nil
    }
    if text.text.hasPrefix("file:") {
      return lookup.secret(inFile: String(text.text.dropFirst(5)), of: key, at: place).map { Placed($0, at: place) }
    }
    if !text.hasReference {
      problems.warning(
        at: place, "\(key): a secret stands in this file: keep it in a file of its own (file:PATH) or in ${NAME}")
    }
    return Placed(Secret(text.text), at: place)
  }

  /// The entries of a list; nothing behind the key is an empty list.
  func list(expected: String = "a list") -> [Value]? {
    switch node.content {
    case .refused: return nil
    case .sequence(let items): return items.map { Value(node: $0, key: key, lookup: lookup) }
    case .scalar(let scalar) where scalar.isNull: return []
    case .scalar: report("\(key): expected \(expected), found a text: write [\"...\"], or lines that begin with \"- \"")
    case .mapping: report("\(key): expected \(expected), found keys and values: begin each entry with \"- \"")
    }
    return nil
  }

  /// The texts of a list.
  func strings() -> [Placed<String>] { (list() ?? []).compactMap { $0.string() } }

  /// Keys and values; nothing behind the key is no keys.
  func section(called title: String) -> Section? {
    switch node.content {
    case .refused: return nil
    case .mapping(let mapping): return Section(mapping, title: title, place: place, lookup: lookup)
    case .scalar(let scalar) where scalar.isNull:
      return Section(YAMLMapping(), title: title, place: place, lookup: lookup)
    case .scalar: report("\(title): expected keys and values, found a text")
    case .sequence: report("\(title): expected keys and values, found a list")
    }
    return nil
  }

  /// The entries of a mapping whose keys are names that the user chose.
  func entries() -> [(name: Placed<String>, value: Value)]? {
    guard let section = section(called: key) else { return nil }
    return section.all()
  }
}
