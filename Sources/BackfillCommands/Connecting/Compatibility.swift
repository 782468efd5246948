import Postgres
import TimescaleDB

/// Whether history can be moved between two databases at all.
enum Compatibility {
  /// - Returns: warnings.
  /// - Throws: `CommandFailure.failed` for the first thing that is in the way.
  static func check(
    source: Installation, target: Installation
  ) throws(CommandFailure) -> [VersionFinding] {
    try checkTimescale(source.capabilities, target.capabilities)
    for (side, installation) in [(Side.source, source), (.target, target)] {
      try checkServer(installation, side)
    }
    guard !target.server.isOlderMajor(than: source.server) else {
      throw .failed(
        .versions(
          .postgresOlderOnTarget(source: source.server.description, target: target.server.description)))
    }
    guard !target.isInRecovery else {
      throw .failed(.databases(.targetIsStandby))
    }
    guard source.capabilities.isNewerThanTried else { return [] }
    return [.untried(version: source.capabilities.version.description)]
  }

  private static func checkTimescale(_ source: Capabilities, _ target: Capabilities) throws(CommandFailure) {
    guard source.version.description == target.version.description else {
      throw .failed(
        .versions(
          .timescaleDiffers(
            source: source.version.description, target: target.version.description)))
    }
    guard !source.isTooOld else {
      let oldest = Capabilities.oldestVersion
      throw .failed(
        .versions(
          .timescaleTooOld(
            version: source.version.description, oldest: "\(oldest.major).\(oldest.minor)")))
    }
  }

  private static func checkServer(_ installation: Installation, _ side: Side) throws(CommandFailure) {
    guard !installation.isRestoring else {
      throw .failed(.databases(.isRestoring(side)))
    }
    guard !installation.server.isTooOld else {
      throw .failed(
        .versions(
          .postgresTooOld(
            side, version: installation.server.description,
            oldest: "\(ServerCapabilities.oldestMajor)")))
    }
  }
}
