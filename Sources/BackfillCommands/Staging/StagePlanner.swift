import Postgres
import TimescaleDB

/// What is to be staged: asks both sides what there is, in a fixed number of questions, and refuses what would go wrong.
struct StagePlanner {
  let selection: Selection
  let from: String?
  let until: CompletionPoint
  let snapshot: String?
  let reporter: any Reporter

  /// - Throws: `CommandFailure`, `PostgresError`.
  func plan(_ databases: borrowing Databases) throws -> StagePlan {
    let chosen = try chosen(on: databases.source)
    let bounds = try bounds(of: chosen, on: databases.source)
    let pairs = try HypertablePair.pairs(
      chosen.filter { bounds.apply(to: $0) }, targets: try Hypertable.all(on: databases.target),
      databases: databases)
    try check(pairs, databases)
    let plan = try plan(pairs, bounds, databases)
    for finding in plan.tieredChunks { reporter.report(.warning(.staging(finding))) }
    return plan
  }

  private func chosen(on source: borrowing Connection) throws -> [Hypertable] {
    let all = try Hypertable.all(on: source)
    let included = try selection.included(of: all, on: source)
    guard !included.isEmpty else {
      throw CommandFailure.failed(.selection(all.isEmpty ? .noHypertables : .nothingMatches))
    }
    let chosen = try selection.withoutExcluded(included, on: source)
    guard !chosen.isEmpty else { throw CommandFailure.failed(.selection(.everythingExcluded)) }
    if selection.exclude != nil, chosen.count == included.count {
      reporter.report(.warning(.selection(.nothingExcluded)))
    }
    return chosen
  }

  private func bounds(of chosen: [Hypertable], on source: borrowing Connection) throws -> TimeBounds {
    let bounds = try TimeBounds(from: from, until: until, hypertables: chosen, on: source)
    for finding in bounds.notes { reporter.report(.note(.time(finding))) }
    for text in bounds.inFuture { reporter.report(.warning(.time(.future(until: text)))) }
    if !bounds.leftOut.isEmpty {
      reporter.report(.warning(.time(.leftOut(from: from, until: until.general, bounds.leftOut))))
    }
    return bounds
  }

  /// Refuses what can't be copied, then warns of what goes with copying the rest.
  private func check(_ pairs: [HypertablePair], _ databases: borrowing Databases) throws {
    try RowSecurity.refuse(
      databases, source: Set(pairs.map(\.source.name)), target: Set(pairs.map(\.target.name)))
    try TargetHazards.refuse(
      PublishedDeletes.all(
        among: PublishedDeletes.relations(of: pairs.map(\.target)), connection: databases.target))
    try AggregateComparison.refuse(pairs, databases)
    if let finding = try UnloggedTables.refuse(pairs, databases) {
      reporter.report(.warning(.schema(finding)))
    }
    let encodings = EncodingComparison.finding(
      source: databases.sourceInstallation.encoding, target: databases.targetInstallation.encoding)
    if let encodings { reporter.report(.warning(.databases(encodings))) }
    let hazards = StagingHazards(pairs: pairs)
    for finding in try hazards.all(databases) { reporter.report(.warning(.hazard(finding))) }
  }

  private func plan(
    _ pairs: [HypertablePair], _ bounds: TimeBounds, _ databases: borrowing Databases
  ) throws -> StagePlan {
    if let snapshot {
      try databases.source.execute(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT \(snapshot)",
        doing: "importing the snapshot")
    }
    let chunks = try Chunk.all(
      of: pairs.map(\.source.id), withContents: true,
      capabilities: databases.sourceInstallation.capabilities, on: databases.source)
    let watermarks = try Watermark.all(on: databases.source)
    databases.source.rollBack()
    return StagePlan(
      pairs: pairs, bounds: bounds.clipped(to: watermarks), chunks: chunks,
      targetChunks: try Chunk.all(
        of: pairs.map(\.target.id), capabilities: databases.targetInstallation.capabilities,
        on: databases.target))
  }
}
