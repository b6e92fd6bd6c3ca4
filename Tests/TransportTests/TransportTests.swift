import Testing

/// Everything of the module. One test after the other: some count what the whole process has open.
@Suite(.serialized)
enum TransportTests {}
