import Postgres
import TimescaleDB

/// An unlogged hypertable is empty after a crash of its server, while the queue says that all of it was copied.
enum UnloggedTables {
  /// - Returns: what is unlogged on the source; nil for nothing.
  /// - Throws: `CommandFailure` naming what is unlogged on the target; `PostgresError`.
  static func refuse(_ pairs: [HypertablePair], _ databases: borrowing Databases) throws -> SchemaFinding? {
    let target = try UnloggedRelations.all(
      of: pairs.map(\.target.id), capabilities: databases.targetInstallation.capabilities,
      on: databases.target)
    guard target.isEmpty else {
      throw CommandFailure.failed(.schema(.unlogged(.target, target.map(UnloggedRelation.init))))
    }
    let source = try UnloggedRelations.all(
      of: pairs.map(\.source.id), capabilities: databases.sourceInstallation.capabilities,
      on: databases.source)
    return source.isEmpty ? nil : .unlogged(.source, source.map(UnloggedRelation.init))
  }
}

extension UnloggedRelation {
  fileprivate init(_ found: UnloggedRelations) {
    self.init(hypertable: found.hypertable, chunks: found.isWhole ? nil : found.chunks)
  }
}
