import ChunkCatalog
import Postgres
import TimescaleDB
import Waiting

/// Writes the queue: all tasks in one transaction, so that it is there whole or not at all.
struct QueueWriter {
  let snapshot: String?
  let identity: RunIdentity
  let interrupt: Interrupt
  let reporter: any Reporter

  /// How long sessions that have the queue's tables locked are waited for.
  private static let lockBudget = Duration.seconds(60)

  /// - Returns: what became of the queue's tasks.
  /// - Throws: `CommandFailure`, `PostgresError`.
  func write(
    _ candidates: [Restaging.Candidate], _ plan: StagePlan, _ databases: borrowing Databases,
    _ fingerprints: Fingerprints
  ) throws -> Restaging {
    try openQueue(databases.target)
    try refuseOthersQueue(databases, fingerprints)
    let restaging = Restaging(
      candidates, queue: try QueuedTask.all(on: databases.target), selected: plan.scopes)
    try restaging.refuseUnfinishable()
    // Before tasks are taken out: of earlier windows that stays which they have copied.
    try StagedScope(plan.pairs.map(\.source), bounds: plan.bounds, snapshot: snapshot).record(
      dropped: restaging.dropped, on: databases.target)
    try restaging.changes.apply(on: databases.target)
    try StagedTask.insert(restaging.added, stagedBy: identity.version, on: databases.target)
    try refuseSharedRows(databases.target)
    let record =
      try identity.record(of: "stage", between: databases).begin(on: databases.target).map {
        RunRecord.end($0, outcome: .done, chunks: restaging.added.count, rows: 0, bytes: 0, failures: 0)
      } ?? ""
    let origin = StagedDatabases.record(source: fingerprints.source, target: fingerprints.target)
    try databases.target.execute(
      QueueChanges.forgetSplits + origin + record + "COMMIT; ANALYZE __backfill.task",
      doing: "committing the queue")
    return restaging
  }

  /// What `write` would do, without writing anything. Tasks of a queue that lacks columns of ours, as another tool has
  /// staged it, aren't looked at.
  ///
  /// - Throws: `CommandFailure`, `PostgresError`.
  func preview(
    _ candidates: [Restaging.Candidate], _ plan: StagePlan, _ databases: borrowing Databases,
    _ fingerprints: Fingerprints
  ) throws -> Restaging {
    var queue: [QueuedTask] = []
    if try QueueSchema.exists(on: databases.target), try QueueSchema.isComplete(on: databases.target) {
      try refuseOthersQueue(databases, fingerprints)
      queue = try QueuedTask.all(on: databases.target)
    }
    let restaging = Restaging(candidates, queue: queue, selected: plan.scopes)
    try restaging.refuseUnfinishable()
    return restaging
  }

  /// Opens the transaction with the queue locked: nobody works on it, as this command holds it alone, but for a session
  /// that lost that lock, and people. These are waited for by short tries, as whoever comes behind a lock that is asked for
  /// has to wait too.
  func openQueue(_ target: borrowing Connection) throws {
    let deadline = ContinuousClock.now + Self.lockBudget
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
      guard ContinuousClock.now < deadline, interrupt.stage == .running else {
        throw CommandFailure.failed(.queue(.locked(by: holders)))
      }
      if !isTold { reporter.report(.warning(.queue(.awaitingLock(by: holders)))) }
      isTold = true
      interrupt.sleep(.milliseconds(500), until: .draining)
    }
  }

  /// Tasks that share rows would double them if they ran side by side, whoever put them into the queue.
  func refuseSharedRows(_ target: borrowing Connection) throws {
    let chunks = try TaskConflicts.overlaps(on: target)
    guard chunks.isEmpty else { throw CommandFailure.failed(.staging(.sharedRows(chunks: chunks))) }
  }

  /// A queue that was staged between other databases keeps its tasks to itself. A new version of the extension makes
  /// no other database.
  private func refuseOthersQueue(_ databases: borrowing Databases, _ fingerprints: Fingerprints) throws {
    let differences = try fingerprints.differencesFromStaged(on: databases.target, ofDatabaseOnly: true)
    guard differences.isEmpty else {
      throw CommandFailure.failed(.queue(.stagedElsewhere(differences, .stage)))
    }
  }
}
