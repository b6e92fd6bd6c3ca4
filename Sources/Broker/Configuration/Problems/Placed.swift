/// A value with the place where it is written, so that whoever validates it further can say where it is wrong.
public struct Placed<Value> {
  /// The value.
  public let value: Value
  /// Where it is written.
  public let place: SourcePlace

  /// A value at a place.
  public init(_ value: Value, at place: SourcePlace) {
    self.value = value
    self.place = place
  }
}

extension Placed: Sendable where Value: Sendable {}
extension Placed: Equatable where Value: Equatable {}
