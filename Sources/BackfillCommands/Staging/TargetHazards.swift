import ChunkCatalog
import Postgres
import TimescaleDB

/// What on the target stands in the way of copying, or is set off by it. `stage` tells it beforehand, when the chunks
/// that it makes are there; `copy` asks again, as it may have changed since.
struct TargetHazards: ChecklistItem {
  let triggers: [FiringTrigger]
  let functions: [LoadFunction]
  let publications: [PublishedDeletes]
  let installation: Installation

  /// For the tasks of the queue that aren't copied yet.
  ///
  /// - Parameters:
  ///   - hypertables: the target's, of these tasks.
  ///   - relations: what is written to, where no queue says it yet.
  /// - Throws: `PostgresError`.
  static func find(
    _ databases: borrowing Databases, hypertables: Set<QualifiedName>,
    relations: SQL = Queue.writtenRelations
  ) throws(PostgresError) -> TargetHazards {
    try find(
      databases.targetInstallation, hypertables: hypertables, relations: relations, on: databases.target)
  }

  /// - Throws: `PostgresError`.
  static func find(
    _ installation: Installation, hypertables: Set<QualifiedName>, relations: SQL = Queue.writtenRelations,
    on target: borrowing Connection
  ) throws(PostgresError) -> TargetHazards {
    TargetHazards(
      triggers: try FiringTrigger.all(on: relations, connection: target),
      functions: try LoadFunction.all(of: hypertables, on: target),
      publications: try PublishedDeletes.all(among: relations, connection: target),
      installation: installation)
  }

  /// The hypertables that are loaded with the search_path that their database gives the role: functions in them may rely
  /// on it.
  var loadingUserFunctions: Set<QualifiedName> { Set(functions.map(\.hypertable)) }

  /// - Parameter disablesTriggers: whether copy is to disable triggers; nil where that isn't known yet.
  func warnings(disablesTriggers: Bool? = nil) -> [HazardFinding] {
    var warnings: [HazardFinding] = []
    let firing = triggers.filter { $0.firing != .replica }
    if disablesTriggers != true, !firing.isEmpty {
      warnings.append(.firingTriggers(Self.named(firing), lacking: missingPrivilege))
    }
    if disablesTriggers == nil { warnings += [enabledOnChunks, undisabled].compactMap { $0 } }
    let foreign = functions.filter(\.isForeign)
    if !foreign.isEmpty {
      let names = Set(foreign.map { NamedFunction(signature: $0.signature, owner: $0.owner) })
      warnings.append(
        .foreignFunctions(
          names.sorted { ($0.signature, $0.owner.name) < ($1.signature, $1.owner.name) },
          role: Identifier(installation.user)))
    }
    return warnings
  }

  /// What copying what is to be staged would set off.
  var findings: [CheckedFinding] { warnings().map { .init(.warning, .hazard($0)) } }

  /// Throws for what would make chunks fail, or set off triggers that were disabled.
  ///
  /// - Throws: `CommandFailure`.
  func refuse(disablesTriggers: Bool) throws(CommandFailure) {
    try Checklist([BlockingPublications(publications: publications)]).refuse()
    if let finding = disablesTriggers ? undisabled : enabledOnChunks { throw .failed(.hazard(finding)) }
  }

  /// TimescaleDB disables a hypertable's trigger on the chunks that there are; those made later have it enabled.
  private var enabledOnChunks: HazardFinding? {
    let found = triggers.filter { $0.isDisabledOnHypertable && $0.firing != .replica }
    return found.isEmpty ? nil : .triggersEnabledOnChunks(Self.named(found))
  }

  private var undisabled: HazardFinding? {
    let found = triggers.filter { $0.firing != .origin }
    return found.isEmpty ? nil : .undisabledTriggers(Self.named(found))
  }

  private var missingPrivilege: TriggerPrivilege? {
    guard !installation.mayDisableTriggers else { return nil }
    return installation.server.grantsParameters
      ? .parameter(role: Identifier(installation.user)) : .superuser
  }

  private static func named(_ triggers: [FiringTrigger]) -> [NamedTrigger] {
    Set(triggers.map { NamedTrigger(trigger: $0.name, hypertable: $0.hypertable) })
      .sorted { ("\($0.trigger)", "\($0.hypertable)") < ("\($1.trigger)", "\($1.hypertable)") }
  }
}

/// Publications for whose sake the server would refuse to clear chunks.
struct BlockingPublications: ChecklistItem {
  let publications: [PublishedDeletes]

  /// - Throws: `PostgresError`.
  static func find(
    _ pairs: [HypertablePair], on target: borrowing Connection
  ) throws(PostgresError) -> BlockingPublications {
    guard !pairs.isEmpty else { return BlockingPublications(publications: []) }
    let relations = PublishedDeletes.relations(of: pairs.map(\.target))
    return BlockingPublications(
      publications: try PublishedDeletes.all(among: relations, connection: target))
  }

  var findings: [CheckedFinding] {
    guard !publications.isEmpty else { return [] }
    let named = publications.map {
      NamedPublication(publication: $0.publication, hypertable: $0.hypertable)
    }
    return [.init(.stop, .hazard(.publishedDeletes(named)))]
  }
}
