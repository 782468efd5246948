internal import Glibc
internal import TestServers
public import Testing

extension Trait where Self == ConditionTrait {
  /// A process can be made the first of a namespace.
  public static var needsOwnProcesses: Self {
    .enabled(
      if: geteuid() == 0 && InstalledProgram.path("unshare") != nil,
      "needs root, and unshare in PATH (apt-get install util-linux)")
  }
}
