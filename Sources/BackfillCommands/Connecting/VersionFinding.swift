public import Postgres
import TimescaleDB

/// What is found of the versions of TimescaleDB and PostgreSQL.
public enum VersionFinding: Sendable, Equatable {
  /// Newer than the newest TimescaleDB that this program was tried with.
  case untried(version: String)
  case timescaleDiffers(source: String, target: String)
  case timescaleTooOld(version: String, oldest: String)
  case postgresTooOld(Side, version: String, oldest: String)
  case postgresOlderOnTarget(source: String, target: String)
}

extension VersionFinding {
  /// - Returns: nil for a TimescaleDB that isn't too old.
  static func tooOld(_ capabilities: Capabilities) -> VersionFinding? {
    guard capabilities.isTooOld else { return nil }
    let oldest = Capabilities.oldestVersion
    return .timescaleTooOld(
      version: capabilities.version.description, oldest: "\(oldest.major).\(oldest.minor)")
  }
}

extension VersionFinding: FindingFacts {
  var code: String {
    switch self {
    case .untried: "untried-timescaledb"
    case .timescaleDiffers: "timescaledb-versions-differ"
    case .timescaleTooOld: "timescaledb-too-old"
    case .postgresTooOld: "postgresql-too-old"
    case .postgresOlderOnTarget: "postgresql-older-on-target"
    }
  }

  var side: Side? {
    switch self {
    case .postgresTooOld(let side, _, _): side
    case .postgresOlderOnTarget: .target
    case .untried, .timescaleDiffers, .timescaleTooOld: nil
    }
  }
}
