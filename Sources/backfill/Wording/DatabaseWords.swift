import BackfillCommands
import Postgres
import TimescaleDB

extension DatabaseFinding {
  var words: Words {
    switch self {
    case .same: Words("source and target are the same database", hint: "check --source and --target")
    case .sourceFollowsTarget:
      Words(
        "the source is a standby of the target, or the target is a physical copy of the source's primary; a standby "
          + "cannot tell which",
        hint: "check --source and --target; if the target is a copy, connect to the source's primary")
    case .lacksTimescaleDB(let side):
      Words(
        "\(side.rawValue): this database has no TimescaleDB extension",
        hint: "check the database's name, or run CREATE EXTENSION timescaledb there",
        mend: side == .target ? "CREATE EXTENSION timescaledb;" : nil)
    case .isRestoring(let side):
      Words(
        "\(side.rawValue): timescaledb.restoring is on: the database is still being restored",
        hint: "run SELECT timescaledb_post_restore() there when the restore is complete",
        mend: "SELECT timescaledb_post_restore();")
    case .targetIsStandby:
      Words("target: this server is a standby, which takes no writes", hint: "connect to the primary")
    case .rowSecurity(let relations):
      Words(
        "row-level security applies to the role on "
          + Words.list(
            relations.map { "\($0.relation.shown) (\($0.side.rawValue))" }, limit: relations.count),
        hint:
          "use a role with BYPASSRLS; for the tables' owner, ALTER TABLE ... NO FORCE ROW LEVEL SECURITY is enough",
        mend: relations.map {
          $0.role.map { "ALTER ROLE \($0) BYPASSRLS;" }
            ?? "ALTER TABLE \($0.relation) NO FORCE ROW LEVEL SECURITY;"
        }.joined(separator: " "))
    case .mayNotCreateQueue(let database, let role):
      Words(
        "target: the role \(role.shown) may not create the schema __backfill, which holds the queue",
        hint: "run GRANT CREATE ON DATABASE \(database.shown) TO \(role.shown)",
        mend: "GRANT CREATE ON DATABASE \(database) TO \(role);")
    case .noEncoding(let source, let target): Self.encodingWords(source, target)
    }
  }

  private static func encodingWords(_ source: String, _ target: String) -> Words {
    let none = "SQL_ASCII"
    let what = "is encoded in \(none), which defines no characters"
    switch (source, target) {
    case (none, none):
      return Words(
        "both databases are encoded in \(none), which defines no characters: chunks with text that is not valid UTF-8 "
          + "cannot be copied")
    case (none, _):
      return Words(
        "the source \(what), and the target in \(target): text is read as UTF-8, and chunks with text that is not "
          + "valid UTF-8 cannot be copied")
    default:
      return Words(
        "the target \(what), and the source in \(source): text arrives as UTF-8, and the target sorts and compares it "
          + "byte by byte")
    }
  }
}

extension VersionFinding {
  /// For the side with the older version.
  private func update(from source: String, to target: String) -> String? {
    guard let theirs = TimescaleVersion(source), let ours = TimescaleVersion(target) else { return nil }
    return "ALTER EXTENSION timescaledb UPDATE TO '\(max(theirs, ours).description)';"
  }

  var words: Words {
    switch self {
    case .untried(let version):
      Words(
        "TimescaleDB \(version) is newer than this program knows; it is treated as the newest version that it knows"
      )
    case .timescaleDiffers(let source, let target):
      Words(
        "TimescaleDB is \(source) on the source and \(target) on the target",
        hint: "bring both to the same version with ALTER EXTENSION timescaledb UPDATE",
        mend: update(from: source, to: target))
    case .timescaleTooOld(let version, let oldest):
      Words(
        "TimescaleDB \(version) is older than \(oldest), the oldest supported version",
        hint: "update the extension on both sides first")
    case .postgresTooOld(let side, let version, let oldest):
      Words(
        "\(side.rawValue): PostgreSQL \(version) is older than \(oldest), the oldest supported version",
        hint: "upgrade PostgreSQL first")
    case .postgresOlderOnTarget(let source, let target):
      Words(
        "PostgreSQL is \(source) on the source and \(target), which is older, on the target",
        hint: "upgrade PostgreSQL on the target first")
    }
  }
}
