import ChunkCatalog
import Postgres
import TimescaleDB

/// What on the target stands in the way of copying, or is set off by it. `stage` tells it beforehand, when the chunks
/// that it makes are there; `copy` asks again, as it may have changed since.
struct TargetHazards {
  let triggers: [FiringTrigger]
  let functions: [LoadFunction]
  let publications: [PublishedDeletes]
  let installation: Installation

  /// For the tasks of the queue that aren't copied yet.
  ///
  /// - Parameter hypertables: the target's, of these tasks.
  /// - Throws: `PostgresError`.
  static func find(
    _ databases: borrowing Databases, hypertables: Set<QualifiedName>
  ) throws(PostgresError) -> TargetHazards {
    TargetHazards(
      triggers: try FiringTrigger.all(on: Queue.writtenRelations, connection: databases.target),
      functions: try LoadFunction.all(of: hypertables, on: databases.target),
      publications: try PublishedDeletes.all(among: Queue.writtenRelations, connection: databases.target),
      installation: databases.targetInstallation)
  }

  /// The hypertables that are loaded with the search_path that their database gives the role: functions in them may rely
  /// on it.
  var loadingUserFunctions: Set<QualifiedName> { Set(functions.map(\.hypertable)) }

  /// - Parameter disablesTriggers: whether copy is to disable triggers; nil where that isn't known yet.
  func warnings(disablesTriggers: Bool? = nil) -> [String] {
    var warnings: [String] = []
    let firing = triggers.filter { $0.firing != .replica }
    if disablesTriggers != true, !firing.isEmpty {
      warnings.append(
        "triggers on the target fire for migrated rows: \(named(firing)); give copy --disable-triggers"
          + (installation.mayDisableTriggers ? "" : ", which \(privilege),") + " or drop them until the end")
    }
    if disablesTriggers == nil {
      warnings += [disabledOnHypertable, firingAnyway].compactMap { $0.map { "\($0.problem): \($0.mend)" } }
    }
    let foreign = functions.filter(\.isForeign)
    if !foreign.isEmpty {
      let names = Set(foreign.map { "\($0.signature) of \($0.owner)" }).sorted()
      warnings.append(
        "copying runs functions of other roles on the target, with all rights of \(Identifier(installation.user)): "
          + "\(Self.list(names)); make sure that you trust them, or copy as the owner of the tables")
    }
    return warnings
  }

  /// Throws for what would make chunks fail, or set off triggers that were disabled.
  ///
  /// - Throws: `CommandFailure`.
  func refuse(disablesTriggers: Bool) throws(CommandFailure) {
    try Self.refuse(publications)
    let problem = disablesTriggers ? firingAnyway : disabledOnHypertable
    if let problem { throw .failed(problem.problem, advice: problem.mend) }
  }

  /// - Throws: `CommandFailure` where the server would refuse to clear chunks.
  static func refuse(_ publications: [PublishedDeletes]) throws(CommandFailure) {
    guard let first = publications.first else { return }
    let names = publications.map { "\($0.publication) of \($0.hypertable)" }
    throw .failed(
      "publications on the target publish deletes of hypertables that have no replica identity, so that no chunk can be "
        + "cleared: \(list(names))",
      advice: "ALTER TABLE \(first.hypertable) REPLICA IDENTITY FULL; "
        + "or ALTER PUBLICATION \(first.publication) SET (publish = 'insert') until the end")
  }

  private typealias Problem = (problem: String, mend: String)

  /// TimescaleDB disables a hypertable's trigger on the chunks that there are; those made later have it enabled.
  private var disabledOnHypertable: Problem? {
    let found = triggers.filter { $0.isDisabledOnHypertable && $0.firing != .replica }
    guard let first = found.first else { return nil }
    return (
      "triggers on the target are disabled on their hypertable, but not on chunks that were made later: \(named(found))",
      "ALTER TABLE \(first.hypertable) DISABLE TRIGGER \(first.name) once more, now that the chunks are there; "
        + "or give copy --disable-triggers"
    )
  }

  private var firingAnyway: Problem? {
    let found = triggers.filter { $0.firing != .origin }
    guard let first = found.first else { return nil }
    return (
      "triggers on the target are ENABLE ALWAYS or ENABLE REPLICA, and fire with --disable-triggers too: \(named(found))",
      "DROP TRIGGER \(first.name) ON \(first.hypertable), and make it again at the end"
    )
  }

  private var privilege: String {
    installation.server.grantsParameters
      ? "takes GRANT SET ON PARAMETER session_replication_role TO \(Identifier(installation.user))"
      : "takes a superuser"
  }

  private func named(_ triggers: [FiringTrigger]) -> String {
    Self.list(Set(triggers.map { "\($0.name) on \($0.hypertable)" }).sorted())
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(5).joined(separator: ", ")
    return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
  }
}
