public import TestServers
public import Testing

extension Trait where Self == ConditionTrait {
  /// The test is skipped, and it is said what it needs, where none of its servers is found.
  public static func needs(_ servers: Servers) -> Self {
    .enabled(if: !servers.isEmpty, Comment(rawValue: servers.reason))
  }

  /// A small file system can be mounted, to be filled up.
  public static var needsScarceDisk: Self {
    .enabled(if: ScarceDisk.isPermitted, "needs the permission to mount a small file system")
  }
}
