/// Keeps copies of bytes at fixed addresses until it is gone. Filled by one thread before it is shared, then only read.
final class Arena: @unchecked Sendable {
  private var blocks: [UnsafeMutableRawBufferPointer] = []

  func keep(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 1)
    if bytes.count > 0 { block.copyMemory(from: bytes) }
    blocks.append(block)
    return UnsafeRawBufferPointer(start: block.baseAddress, count: bytes.count)
  }

  deinit { for block in blocks { block.deallocate() } }
}
