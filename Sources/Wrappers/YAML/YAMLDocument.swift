/// One YAML file as a tree of nodes that know where they stand, for configuration that people write by hand.
///
/// This module wraps libyaml's event interface. It takes the part of YAML 1.1 that configuration needs: mappings,
/// sequences and scalars in every style, comments, one document a file, UTF-8. It refuses, with a place and a plain
/// reason, what surprises people or costs without bound: anchors and aliases, tags, merge keys, directives, several
/// documents, duplicate keys, keys that are not plain text. It gives scalars no types: `yes`, `1e3` and `0123` stay
/// text, and who reads them decides.
///
/// All work and memory is bounded by `YAMLLimits`, depth included; no input traps. A document is a value and can be
/// made on any thread.
public struct YAMLDocument: Sendable {
  /// The top node, or nil if the file holds no node (empty, only comments) or a syntax error ended the reading.
  public let root: YAMLNode?
  /// All that is wrong, in the order of the file; at most `YAMLLimits.errorsMax`. A syntax error is the last one, since
  /// nothing behind it can be understood; after the other kinds reading goes on.
  public let errors: [YAMLError]

  /// Reads the bytes of a file.
  ///
  /// - Parameters:
  ///   - bytes: the whole file, as it was read.
  ///   - file: the name of it that places carry.
  ///   - limits: the bounds; the defaults suit configuration.
  public init(parsing bytes: [UInt8], file: String, limits: YAMLLimits = YAMLLimits()) {
    var builder = TreeBuilder(file: file, limits: limits)
    do throws(YAMLError) {
      let text = try SourceText(checking: bytes, file: file, limits: limits)
      var events = EventReader(text: text)
      while builder.wantsMore { builder.take(try events.next()) }
    } catch {
      builder.stop(error)
    }
    root = builder.root
    errors = builder.errors
  }
}
