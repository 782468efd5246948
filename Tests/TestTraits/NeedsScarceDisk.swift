internal import TestServers
public import Testing

extension Trait where Self == ConditionTrait {
  /// A small file system can be mounted, to be filled up.
  public static var needsScarceDisk: Self {
    .enabled(if: ScarceDisk.isPermitted, "needs the permission to mount a small file system")
  }
}
