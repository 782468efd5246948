import Postgres
import TimescaleDB

/// Whether history can be moved between two databases at all.
struct Compatibility: ChecklistItem {
  let source: Installation
  let target: Installation

  /// - Returns: warnings.
  /// - Throws: `CommandFailure.failed` for the first thing that is in the way.
  static func check(
    source: Installation, target: Installation
  ) throws(CommandFailure) -> [VersionFinding] {
    let findings = Compatibility(source: source, target: target).findings
    if let stop = findings.first(where: { $0.level == .stop }) { throw .failed(stop.finding) }
    return findings.compactMap { if case .versions(let finding) = $0.finding { finding } else { nil } }
  }

  var findings: [CheckedFinding] {
    var stops = versions
    stops += Fitness(of: .source, source).obstacles + Fitness(of: .target, target).obstacles
    if target.server.isOlderMajor(than: source.server) {
      stops.append(
        .versions(
          .postgresOlderOnTarget(source: source.server.description, target: target.server.description)))
    }
    if target.isInRecovery { stops.append(.databases(.targetIsStandby)) }
    var findings = stops.map { CheckedFinding(.stop, $0) }
    if source.capabilities.isNewerThanTried {
      findings.append(.init(.warning, .versions(.untried(version: source.capabilities.version.description))))
    }
    return findings
  }

  private var versions: [Finding] {
    let (theirs, ours) = (source.capabilities, target.capabilities)
    var found: [Finding] = []
    if theirs.version.description != ours.version.description {
      found.append(
        .versions(
          .timescaleDiffers(source: theirs.version.description, target: ours.version.description)))
    }
    if let old = VersionFinding.tooOld(theirs) ?? .tooOld(ours) { found.append(.versions(old)) }
    return found
  }

  /// One of them is too old for its catalog to be read.
  var isTooOld: Bool {
    [source, target].contains { $0.capabilities.isTooOld || $0.server.isTooOld }
  }
}
