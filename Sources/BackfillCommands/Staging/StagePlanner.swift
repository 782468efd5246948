import Postgres
import TimescaleDB

/// What is to be staged: asks both sides what there is, in a fixed number of questions, and refuses what would go wrong.
struct StagePlanner {
  let selection: Selection
  let from: String?
  /// nil for all of time, where it isn't decided yet.
  let until: CompletionPoint?
  let snapshot: String?
  let reporter: any Reporter

  /// Makes the checks of `check`, and tells those warnings that are about the staged chunks.
  ///
  /// - Parameter connections: what was found of them.
  /// - Throws: `CommandFailure`, `PostgresError`.
  func plan(_ databases: borrowing Databases, _ connections: PoolerProbe) throws -> StagePlan {
    let scope = try scope(databases)
    let checklist = try Self.checklist(scope.match, databases)
    let plan = try plan(scope, databases)
    let others = try BothSides.gather(scope.match, databases).checklist(workers: nil, plan: plan)
    var all = checklist
    all.add(others)
    all.add(connections)
    try all.refuse()
    checklist.tell(reporter)
    let untold = others.findings.count { $0.level == .warning }
    if untold > 0 { reporter.report(.note(.staging(.untoldWarnings(untold)))) }
    for finding in plan.tieredChunks { reporter.report(.warning(.staging(finding))) }
    return plan
  }

  /// What is selected, between which times, and what the target has for it.
  struct Scope {
    let bounds: TimeBounds
    let match: HypertableMatch
  }

  /// - Throws: `CommandFailure`, `PostgresError`.
  func scope(_ databases: borrowing Databases) throws -> Scope {
    let chosen = try chosen(on: databases.source)
    let bounds = try bounds(of: chosen, on: databases.source)
    return Scope(
      bounds: bounds, match: try HypertableMatch.find(chosen.filter { bounds.apply(to: $0) }, databases))
  }

  private func chosen(on source: borrowing Connection) throws -> [Hypertable] {
    let (chosen, excludesNothing) = try selection.some(of: try Hypertable.all(on: source), on: source)
    if excludesNothing { reporter.report(.warning(.selection(.nothingExcluded))) }
    return chosen
  }

  private func bounds(of chosen: [Hypertable], on source: borrowing Connection) throws -> TimeBounds {
    guard let until else { return TimeBounds(ofAllTime: chosen) }
    let bounds = try TimeBounds(from: from, until: until, hypertables: chosen, on: source)
    for finding in bounds.notes { reporter.report(.note(.time(finding))) }
    for text in bounds.inFuture { reporter.report(.warning(.time(.future(until: text)))) }
    if !bounds.leftOut.isEmpty {
      reporter.report(.warning(.time(.leftOut(from: from, until: until.general, bounds.leftOut))))
    }
    return bounds
  }

  /// What can't be copied, and what goes with copying the rest.
  ///
  /// - Throws: `PostgresError`.
  static func checklist(
    _ match: HypertableMatch, _ databases: borrowing Databases
  ) throws(PostgresError) -> Checklist {
    let pairs = match.pairs
    return Checklist([
      try QueuePrivilege.find(on: databases.target, databases.targetInstallation), match,
      try RowSecurity.find(
        databases, source: Set(pairs.map(\.source.name)), target: Set(pairs.map(\.target.name))),
      try BlockingPublications.find(pairs, on: databases.target),
      try AggregateComparison.find(pairs, databases),
      try UnloggedTables.find(pairs, databases),
      EncodingComparison(
        source: databases.sourceInstallation.encoding, target: databases.targetInstallation.encoding),
      try StagingHazards.find(pairs, databases),
    ])
  }

  /// - Throws: `PostgresError`.
  func plan(_ scope: Scope, _ databases: borrowing Databases) throws(PostgresError) -> StagePlan {
    let pairs = scope.match.pairs
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
      pairs: pairs, bounds: scope.bounds.clipped(to: watermarks), chunks: chunks,
      targetChunks: try Chunk.all(
        of: pairs.map(\.target.id), capabilities: databases.targetInstallation.capabilities,
        on: databases.target))
  }
}
