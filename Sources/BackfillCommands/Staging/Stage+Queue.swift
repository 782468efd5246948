import ChunkCatalog
import Postgres
import TimescaleDB
import Waiting

extension Stage {
  /// Writes all tasks in one transaction: a queue is there whole or not at all.
  func write(
    _ candidates: [Restaging.Candidate], _ plan: StagePlan, _ databases: borrowing Databases,
    _ fingerprints: Fingerprints, interrupt: Interrupt, reporter: any Reporter, result: inout StageResult
  ) throws {
    try openQueue(databases.target, interrupt: interrupt, reporter: reporter)
    try refuseOthersQueue(databases, fingerprints)
    let restaging = Restaging(
      candidates, queue: try QueuedTask.all(on: databases.target), selected: plan.scopes)
    try restaging.refuseStranded()
    try restaging.changes.apply(on: databases.target)
    try StagedScope(plan.pairs.map(\.source), bounds: plan.bounds, snapshot: snapshot).record(
      dropped: restaging.dropped, on: databases.target)
    let added = restaging.added
    try StagedTask.insert(added, stagedBy: identity.version, on: databases.target)
    try refuseOverlaps(databases.target)
    let ending =
      try identity.record(of: "stage").begin(on: databases.target).map {
        RunRecord.end($0, outcome: "done", chunks: added.count, rows: 0, bytes: 0, failures: 0)
      } ?? ""
    let origin = StagedBetween.record(source: fingerprints.source, target: fingerprints.target)
    try databases.target.execute(
      QueueChanges.forgetSplits + origin + ending + "COMMIT; ANALYZE __backfill.task",
      doing: "committing the queue")
    result.staged = added.count
    result.splitChunks = Set(added.filter { $0.part != nil }.map(\.chunk)).count
    result.parts = added.count { $0.part != nil }
    result.alreadyStaged = restaging.alreadyStaged
    result.replaced = restaging.replaced.count
    for note in restaging.notes { reporter.report(.note(note)) }
    if let hint = try plan.emptyWindow(until: until, from: from, on: databases.source) {
      reporter.report(.warning(hint))
    }
  }

  /// Opens the transaction with the queue locked: nobody works on it, as this command holds it alone, but for a session
  /// that lost that lock, and people. These are waited for by short tries, as whoever comes behind a lock that is asked for
  /// has to wait too.
  private func openQueue(
    _ target: borrowing Connection, interrupt: Interrupt, reporter: any Reporter
  ) throws {
    let deadline = ContinuousClock.now + .seconds(60)
    var isTold = false
    while true {
      do throws(PostgresError) {
        return try target.execute(
          "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = '1s';"
            + QueueSchema.createOrUpgrade, doing: "making the __backfill schema")
      } catch {
        guard error.sqlState == SQLState.lockNotAvailable else { throw error }
        target.rollBack()
      }
      let holders = try TaskConflicts.holders(on: target)
      let locked =
        "the target's queue is locked by \(holders.isEmpty ? "another session" : holders.joined(separator: ", "))"
      guard ContinuousClock.now < deadline, interrupt.stage == .running else {
        throw CommandFailure.failed(
          locked,
          advice: "let that finish, or end it with SELECT pg_terminate_backend(PROCESS), then run stage again"
        )
      }
      if !isTold { reporter.report(.warning(locked + "; waiting for it")) }
      isTold = true
      interrupt.sleep(.milliseconds(500), until: .draining)
    }
  }

  /// Tasks that share rows would double them if they ran side by side, whoever put them into the queue.
  private func refuseOverlaps(_ target: borrowing Connection) throws {
    let found = try TaskConflicts.overlaps(on: target)
    guard !found.isEmpty else { return }
    let more = found.count > 5 ? " and \(found.count - 5) more" : ""
    throw CommandFailure.failed(
      "the queue has several uncopied tasks with the same rows for chunk "
        + found.prefix(5).map { "\($0)" }.joined(separator: ", ") + more,
      advice: "run stage for their hypertables too (without --filter), which replaces uncopied tasks")
  }

  /// A queue that was staged between other databases keeps its tasks to itself. A new version of the extension makes
  /// no other database.
  private func refuseOthersQueue(_ databases: borrowing Databases, _ fingerprints: Fingerprints) throws {
    let differences = try fingerprints.differencesFromStaged(databases, ofDatabaseOnly: true)
    guard !differences.isEmpty else { return }
    throw CommandFailure.failed(
      "the target has a queue that was staged for other databases: \(differences.joined(separator: "; "))",
      advice: "if that queue is done with, run clean first; \(Fingerprints.wayOut)")
  }
}
