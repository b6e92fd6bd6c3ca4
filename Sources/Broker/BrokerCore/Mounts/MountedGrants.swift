/// The rights of a client below a mount point, in terms of what its topics are called outside: never is it given what
/// lies beside its mount point, whatever the rules say.
final class MountedGrants: AccessGrants {
  private let grants: any AccessGrants
  private let mountPoint: MountPoint

  init(_ grants: any AccessGrants, below mountPoint: MountPoint) {
    self.grants = grants
    self.mountPoint = mountPoint
  }

  func mayPublish(_ topic: UnsafeRawBufferPointer) -> Bool { grants.mayPublish(topic) }

  func mayReceive(_ topic: UnsafeRawBufferPointer) -> Bool {
    (topic.first == UInt8(ascii: "$") || mountPoint.holds(topic)) && grants.mayReceive(topic)
  }

  func maySubscribe(_ filter: UnsafeRawBufferPointer) -> Bool { grants.maySubscribe(filter) }
}
