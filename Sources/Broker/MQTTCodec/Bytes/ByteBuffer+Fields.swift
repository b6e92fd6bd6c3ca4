extension ByteBuffer {
  /// Appends the part `range` of a span.
  mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    bytes.extracting(range).withUnsafeBytes { append($0) }
  }

  /// Appends bytes.
  mutating func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { append($0) }
  }

  /// Appends a variable byte integer, at most ``DecodingLimits/remainingLengthMax`` (MQTT 5.0 section 1.5.5).
  mutating func append(variableByteInteger value: Int) {
    let start = reserve(4)
    commit(VariableByteInteger.write(value, to: start) - start)
  }
}
