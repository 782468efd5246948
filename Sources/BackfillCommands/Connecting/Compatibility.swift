import Postgres
import TimescaleDB

/// Whether history can be moved between two databases at all.
enum Compatibility {
  /// - Returns: warnings.
  /// - Throws: `CommandFailure.failed` for the first thing that is in the way.
  static func check(source: Installation, target: Installation) throws(CommandFailure) -> [String] {
    try checkTimescale(source.capabilities, target.capabilities)
    for (side, installation) in [(Side.source, source), (.target, target)] {
      try checkServer(installation, side)
    }
    guard !target.server.isOlderMajor(than: source.server) else {
      throw .failed(
        "PostgreSQL is \(source.server) on the source and \(target.server), older, on the target",
        advice: "upgrade the target's PostgreSQL first")
    }
    guard !target.isInRecovery else {
      throw .failed("target: this server is a standby, which takes no writes", advice: "name the primary")
    }
    guard source.capabilities.isNewerThanTried else { return [] }
    return [
      "TimescaleDB \(source.capabilities.version) is newer than this program knows; treating it as the newest it knows"
    ]
  }

  private static func checkTimescale(_ source: Capabilities, _ target: Capabilities) throws(CommandFailure) {
    guard source.version.description == target.version.description else {
      throw .failed(
        "TimescaleDB is \(source.version) on the source and \(target.version) on the target",
        advice: "bring both to the same version with ALTER EXTENSION timescaledb UPDATE")
    }
    guard !source.isTooOld else {
      let oldest = Capabilities.oldestVersion
      throw .failed(
        "TimescaleDB \(source.version) is older than \(oldest.major).\(oldest.minor), the oldest that is supported",
        advice: "update the extension on both sides first")
    }
  }

  private static func checkServer(_ installation: Installation, _ side: Side) throws(CommandFailure) {
    guard !installation.isRestoring else {
      throw .failed(
        "\(side.rawValue): timescaledb.restoring is on, so the database is still being restored",
        advice: "run SELECT timescaledb_post_restore() there when that is done")
    }
    guard !installation.server.isTooOld else {
      throw .failed(
        "\(side.rawValue): PostgreSQL \(installation.server) is older than \(ServerCapabilities.oldestMajor), the oldest that is supported",
        advice: "upgrade PostgreSQL first")
    }
  }
}
