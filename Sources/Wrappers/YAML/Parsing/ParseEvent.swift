/// What libyaml reports, as a value, with the place where it begins.
struct ParseEvent {
  enum Kind {
    case documentStart
    case documentEnd
    case streamEnd
    case alias(name: String)
    case scalar(YAMLScalar)
    case sequenceStart
    case mappingStart
    case collectionEnd
    /// Of no interest.
    case other
  }

  let kind: Kind
  let place: YAMLPlace
  /// The node has an anchor (`&name`).
  var isAnchored = false
  /// The node has a tag (`!!str`, `!thing`).
  var isTagged = false
}
