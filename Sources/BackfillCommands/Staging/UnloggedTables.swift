import Postgres
import TimescaleDB

/// An unlogged hypertable is empty after a crash of its server, while the queue says that all of it was copied.
struct UnloggedTables: ChecklistItem {
  let source: [UnloggedRelation]
  let target: [UnloggedRelation]

  /// - Throws: `PostgresError`.
  static func find(
    _ pairs: [HypertablePair], _ databases: borrowing Databases
  ) throws(PostgresError) -> UnloggedTables {
    UnloggedTables(
      source: try all(pairs.map(\.source.id), databases.sourceInstallation, on: databases.source),
      target: try all(pairs.map(\.target.id), databases.targetInstallation, on: databases.target))
  }

  var findings: [CheckedFinding] {
    let target = CheckedFinding(.stop, .schema(.unlogged(.target, target)))
    let source = CheckedFinding(.warning, .schema(.unlogged(.source, source)))
    return (self.target.isEmpty ? [] : [target]) + (self.source.isEmpty ? [] : [source])
  }

  static func all(
    _ hypertables: [Int64], _ installation: Installation, on connection: borrowing Connection
  ) throws(PostgresError) -> [UnloggedRelation] {
    try UnloggedRelations.all(of: hypertables, capabilities: installation.capabilities, on: connection)
      .map { UnloggedRelation(hypertable: $0.hypertable, chunks: $0.isWhole ? nil : $0.chunks) }
  }
}
