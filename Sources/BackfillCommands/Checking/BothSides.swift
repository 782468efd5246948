import Postgres
import TimescaleDB

/// What both sides say of themselves, and what follows from it.
struct BothSides {
  let source: SideFacts
  let target: SideFacts
  let match: HypertableMatch
  let installations: (source: Installation, target: Installation)
  let optional: [OptionalPrivilege]
  /// Versions of the source's extensions that the target's server offers.
  let available: [Identifier: Set<String>]

  /// - Throws: `PostgresError`.
  static func gather(
    _ match: HypertableMatch, _ databases: borrowing Databases
  ) throws(PostgresError) -> BothSides {
    let start = ContinuousClock.now
    let source = try SideFacts.gather(
      match.chosen.map(\.id), roles: [], since: start, databases.sourceInstallation, on: databases.source)
    let target = try SideFacts.gather(
      match.pairs.map(\.target.id),
      roles: Set(source.traits.values.flatMap(\.roles)).sorted { $0.name < $1.name },
      since: start, databases.targetInstallation, on: databases.target)
    return BothSides(
      source: source, target: target, match: match,
      installations: (databases.sourceInstallation, databases.targetInstallation),
      optional: try OptionalPrivilege.missing(databases.targetInstallation, on: databases.target),
      available: try InstalledExtension.available(source.extensions.map(\.name), on: databases.target))
  }

  /// - Parameters:
  ///   - workers: of `copy`; nil where that isn't known.
  ///   - plan: nil where nothing is planned.
  func checklist(workers: Int?, plan: StagePlan?) -> Checklist {
    let traits = (source: source.traits, target: target.traits)
    var items: [any ChecklistItem] = [
      Editions(
        source: installations.source.capabilities, target: installations.target.capabilities,
        compressedChunks: plan?.chunks.count { $0.compression != nil } ?? 0),
      ExtensionComparison(source: source.extensions, target: target.extensions, available: available),
      Ownership(
        pairs: match.pairs, source: traits.source, target: traits.target,
        known: target.properties?.roles ?? [], role: Identifier(installations.target.user)),
      ReadPrivileges(
        hypertables: match.chosen, traits: traits.source, role: Identifier(installations.source.user)),
      MissingPrivileges(privileges: optional, role: Identifier(installations.target.user)),
      TableRules(match: match, source: source.rules, target: target.rules),
      TableSettings(pairs: match.pairs, source: traits.source, target: traits.target),
      LockTable(source: source, target: target),
      WorkerProcesses(settings: target.settings),
      WriteAheadLog(settings: target.settings, state: target.wal, bytes: plan?.bytes ?? 0),
      StandbySource(settings: source.settings, state: source.wal),
      DatabaseSettings(source: source, target: target, installations: installations),
    ]
    if let workers {
      items.append(ConnectionSlots(source: source.limits, target: target.limits, workers: Int64(workers)))
    }
    return Checklist(items)
  }
}

extension BothSides {
  /// How many sessions to measure with: those that are asked for, as far as there is room.
  func room(for parallelism: Parallelism) -> Int {
    let wanted = if case .fixed(let number) = parallelism { number } else { Self.automatic }
    let slots = ConnectionSlots(source: source.limits, target: target.limits, workers: Int64(wanted))
    return max(1, min(wanted, Int(clamping: slots.room)))
  }

  /// The most that is tried where the program is to find the number.
  private static let automatic = 16
}

extension StagePlan {
  /// What there is to read.
  var bytes: Int64 { work.reduce(0) { $0 + ($1.chunk.contents?.bytes ?? $1.chunk.size) } }
}
