import Postgres
import TimescaleDB

/// An unlogged hypertable is empty after a crash of its server, while the queue says that all of it was copied.
enum UnloggedTables {
  /// - Returns: warnings about the source.
  /// - Throws: `CommandFailure` naming what is unlogged on the target; `PostgresError`.
  static func refuse(_ pairs: [HypertablePair], _ databases: borrowing Databases) throws -> [String] {
    let target = try UnloggedRelations.all(
      of: pairs.map(\.target.id), capabilities: databases.targetInstallation.capabilities,
      on: databases.target)
    guard target.isEmpty else {
      let mend = target.map { "ALTER TABLE \($0.hypertable) SET LOGGED" }
      throw CommandFailure.failed(
        "unlogged on the target, and so empty after a crash: " + target.map(named).joined(separator: "; "),
        advice: "run there " + mend.joined(separator: "; ") + ", which reaches the chunks too")
    }
    let source = try UnloggedRelations.all(
      of: pairs.map(\.source.id), capabilities: databases.sourceInstallation.capabilities,
      on: databases.source)
    guard !source.isEmpty else { return [] }
    return [
      "unlogged on the source, where a crash empties them and a copy made after it would bring that to the target: "
        + source.map(named).joined(separator: "; ")
    ]
  }

  private static func named(_ found: UnloggedRelations) -> String {
    if found.isWhole { return "hypertable \(found.hypertable)" }
    let shown = found.chunks.prefix(5).map { "\($0)" }.joined(separator: ", ")
    let more = found.chunks.count > 5 ? " and \(found.chunks.count - 5) more" : ""
    return "chunks of \(found.hypertable): \(shown)\(more)"
  }
}
