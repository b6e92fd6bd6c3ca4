/// Where the bytes of a key or header come from when a publish is forwarded.
enum ValueSource {
  /// The topic decided them already; they lie in the route's arena.
  case fixed(UnsafeRawBufferPointer)
  /// The publisher's client id, user name, certificate name: borrowed, not copied.
  case client, user, certificate
  /// Text with more than one part, or a QoS: made anew for each publish.
  case rendered(Template)
}
