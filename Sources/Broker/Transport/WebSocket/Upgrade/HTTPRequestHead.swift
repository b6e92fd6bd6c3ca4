/// The request line and the header fields of an HTTP/1.1 request (RFC 9112 sections 3 and 5), taken strictly: nothing
/// that another party on the way could read in another way.
struct HTTPRequestHead {
  let method: String
  /// The path that is asked for, without what follows a question mark.
  let path: ArraySlice<UInt8>
  private var fields: [(name: String, value: ArraySlice<UInt8>)] = []

  /// Reads `head`, whose lines end in CR LF, the last of them empty; no other CR, LF or control character but HT is
  /// in it (see ``WebSocketUpgrade``).
  init(_ head: [UInt8]) throws(WebSocketRefusal) {
    var lines = head.split(separator: UInt8(ascii: "\n")).map { $0.dropLast() }[...]
    let requestLine = lines.popFirst() ?? []
    let parts = requestLine.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard parts.count == 3, Self.isToken(parts[0]) else {
      throw WebSocketRefusal(.badRequest, "the request line is malformed")
    }
    guard parts[2].elementsEqual("HTTP/1.1".utf8) else {
      throw WebSocketRefusal(.badRequest, "only HTTP/1.1 can be upgraded to WebSocket", sent: parts[2])
    }
    method = String(decoding: parts[0], as: UTF8.self)
    guard let path = Self.path(of: parts[1]) else {
      throw WebSocketRefusal(.badRequest, "the request target is malformed")
    }
    self.path = path
    for line in lines where !line.isEmpty { fields.append(try Self.field(line)) }
  }

  /// The value of a field that may be given once; nil when it is not there.
  func single(_ name: String) throws(WebSocketRefusal) -> ArraySlice<UInt8>? {
    let values = fields.filter { $0.name == name }
    guard values.count <= 1 else { throw WebSocketRefusal(.badRequest, "\(name) is given more than once") }
    return values.first?.value
  }

  /// The elements of a field that is a list of tokens, over all its lines (RFC 9110 section 5.6.1).
  func tokens(_ name: String) throws(WebSocketRefusal) -> [String] {
    var result: [String] = []
    for field in fields where field.name == name {
      for element in field.value.split(separator: UInt8(ascii: ",")) {
        let token = Self.trimmed(element)
        guard !token.isEmpty else { continue }
        // An element of Upgrade may have a version (RFC 9110 section 7.8).
        guard token.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy(Self.isToken)
        else { throw WebSocketRefusal(.badRequest, "\(name) is malformed", sent: token) }
        result.append(String(decoding: token, as: UTF8.self))
      }
    }
    return result
  }

  func has(_ name: String) -> Bool { fields.contains { $0.name == name } }

  private static func field(_ line: ArraySlice<UInt8>) throws(WebSocketRefusal) -> (String, ArraySlice<UInt8>) {
    // RFC 9112 section 5.2: a continued line is refused, since not everyone would join it.
    if line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t") {
      throw WebSocketRefusal(.badRequest, "a header field is continued on another line")
    }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), isToken(line[..<colon]) else {
      throw WebSocketRefusal(.badRequest, "a header field is malformed")
    }
    return (String(decoding: line[..<colon], as: UTF8.self).lowercased(), trimmed(line[(colon + 1)...]))
  }

  /// The path of a target in origin form or, as servers have to take it, in absolute form (RFC 9112 section 3.2).
  private static func path(of target: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard target.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }) else { return nil }
    var rest = target
    if target.first != UInt8(ascii: "/") {
      let lowercased = target.prefix(8).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
      guard let scheme = ["http://", "https://"].first(where: { lowercased.starts(with: $0.utf8) }) else { return nil }
      let authority = target.dropFirst(scheme.utf8.count)
      rest = authority.drop { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
      guard HostAndPort(authority[..<rest.startIndex]) != nil else { return nil }
    }
    let path = rest.prefix { $0 != UInt8(ascii: "?") }
    return path.isEmpty ? [UInt8(ascii: "/")] : path
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    var result = bytes.drop(while: isSpace)
    while let last = result.last, isSpace(last) { result.removeLast() }
    return result
  }

  /// RFC 9110 section 5.6.2.
  private static func isToken(_ bytes: ArraySlice<UInt8>) -> Bool {
    !bytes.isEmpty
      && bytes.allSatisfy {
        (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || "!#$%&'*+-.^_`|~".utf8.contains($0)
      }
  }
}
