import Postgres
import TimescaleDB

/// Whether one database can be worked with, whatever another one is like.
struct Fitness: ChecklistItem {
  let side: Side
  let installation: Installation

  init(of side: Side, _ installation: Installation) {
    self.side = side
    self.installation = installation
  }

  var findings: [CheckedFinding] {
    var stops: [Finding] = []
    if let old = VersionFinding.tooOld(installation.capabilities) { stops.append(.versions(old)) }
    stops += obstacles
    if side == .target, installation.isInRecovery { stops.append(.databases(.targetIsStandby)) }
    return stops.map { CheckedFinding(.stop, $0) }
  }

  /// But for TimescaleDB's version, and for what a target alone must not be.
  var obstacles: [Finding] {
    var found: [Finding] = []
    if installation.isRestoring { found.append(.databases(.isRestoring(side))) }
    if installation.server.isTooOld {
      found.append(
        .versions(
          .postgresTooOld(
            side, version: installation.server.description, oldest: "\(ServerCapabilities.oldestMajor)")))
    }
    return found
  }
}
