/// A broker of two shards, and clients of all versions that send well-formed packets and rubbish, vanish, come back and
/// read slowly, while time passes, mail lingers and Kafka answers late or not at all.
enum FuzzTarget {
  static func run(_ bytes: UnsafeBufferPointer<UInt8>) {
    let scene = ShardScene(bytes)
    scene.play()
    scene.end()
  }
}
