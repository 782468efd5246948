internal import TestServers
public import Testing

extension Trait where Self == ConditionTrait {
  /// A program of the machine's is in PATH.
  public static func needsProgram(_ name: String, package: String) -> Self {
    .enabled(
      if: InstalledProgram.path(name) != nil,
      Comment(rawValue: "needs \(name) in PATH (apt-get install \(package))"))
  }
}
