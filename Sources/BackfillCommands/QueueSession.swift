import ChunkCatalog
import CopyEngine
import Postgres
import TimescaleDB

/// What `copy` and `verify` do around their workers: check both databases, hold the queue's lock for as long as the
/// run lasts, record the run, and count before and after.
struct QueueSession: Sendable {
  let setting: RunSetting
  let counts: Queue.Counts
  private let purpose: String
  private let runID: Int64?
  private let held: Held

  /// The session with the lock. Unchecked, as a libpq session may move between threads but not be used by two at
  /// once, which the compiler can't see: each use here is awaited before the next one begins.
  private final class Held: @unchecked Sendable {
    var connection: Connection
    /// When it was last tried to make up for its loss.
    var tried = ContinuousClock.now
    /// What the session's row said when it was last read, which counts while it can't be.
    var asked: Int?

    init(_ connection: consuming Connection) { self.connection = connection }
  }

  /// - Throws: `CommandFailure` when there is no queue, it is in use by a command that wants it alone, or it was
  ///   staged between other databases.
  static func open(
    _ endpoints: Endpoints, purpose: String, options: WorkOptions, identity: RunIdentity,
    interrupt: Interrupt, reporter: any Reporter, hasWork: @escaping @Sendable (Queue.Counts) -> Bool
  ) async throws(CommandFailure) -> QueueSession {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting {
        let databases = try Databases.open(
          endpoints, purpose: purpose, interrupt: interrupt, reporter: reporter)
        // A session of its own for the lock, as `databases` ends here.
        let lock = try Databases.session(
          endpoints.target, side: .target, purpose: purpose, interrupt: interrupt)
        try Databases.lock(.shared, on: lock, interrupt: interrupt)
        guard try QueueSchema.exists(on: lock) else {
          throw CommandFailure.failed("nothing is staged on the target", advice: "run stage first")
        }
        if try !QueueSchema.isComplete(on: lock) {
          try lock.execute(QueueSchema.upgrade, doing: "bringing the queue up to date")
        }
        let fingerprints = try checkedFingerprints(databases)
        let staged = try Queue.hypertables(on: lock)
        try RowSecurity.refuse(databases, source: staged.source, target: staged.target)
        let counts = try Queue.counts(on: lock)
        let runID = hasWork(counts) ? try identity.record(of: purpose).begin(on: lock) : nil
        return QueueSession(
          setting: databases.setting(
            endpoints, fingerprints: fingerprints, options: options, interrupt: interrupt), counts: counts,
          purpose: purpose, runID: runID, held: Held(lock))
      }
    }
  }

  /// Working through a queue between other databases than it was made for could only lose or mix up rows.
  private static func checkedFingerprints(_ databases: borrowing Databases) throws -> Fingerprints {
    let found = try Fingerprints.find(databases)
    let differences = try found.differencesFromStaged(databases)
    guard differences.isEmpty else {
      throw CommandFailure.failed(
        "these aren't the databases the queue was staged for: \(differences.joined(separator: "; "))",
        advice: "check --source and --target; if they are right, run stage again")
    }
    return found
  }

  /// What a person wrote into `__backfill.session.parallelism` to change the running run; nil for nothing.
  func askedParallelism() async -> Int? {
    await DedicatedThread.run { () -> Int? in
      holdAgain()
      let rows = try? held.connection.query(
        "SELECT parallelism FROM __backfill.session", doing: "looking for a new parallelism"
      ) { row throws(PostgresError) in try row.optionalInteger(0) }
      if let rows { held.asked = (rows.first ?? nil).map { Int($0) } }
      return held.asked
    }
  }

  /// Who keeps this run's sessions, and those of others that go by the same queue, from locks on the target.
  func lockHolders() async -> [LockHolder] {
    await DedicatedThread.run { (try? LockHolder.all(on: held.connection)) ?? [] }
  }

  /// Takes the lock again where its session was lost, as the workers make up for theirs. While another command has it,
  /// or no session is to be had, that is left for later.
  private func holdAgain() {
    let pause = Duration.seconds(2)
    guard !held.connection.isUsable, setting.control.interrupt.stage == .running, held.tried + pause < .now
    else { return }
    held.tried = .now
    do {
      let fresh = try Connection.open(
        setting.target, side: .target, purpose: purpose, interrupt: setting.control.interrupt, timeout: 3)
      try setting.identify(fresh)
      if try RunLock.take(.shared, on: fresh) == nil { held.connection = fresh }
    } catch {
      // The workers say what is wrong with the server.
      return
    }
  }

  /// Lends the session that has been held, or a new one where that was lost on the way: the workers got over it too.
  ///
  /// - Parameter isPatient: wait for a server that is away, as the workers do.
  private func withSession<Value>(
    isPatient: Bool,
    _ body: (borrowing Connection) throws(PostgresError) -> Value
  ) throws(PostgresError) -> Value {
    var retry = setting.control.retry
    if !isPatient { retry.budget = .zero }
    var outage = RetryPolicy.Outage(retry)
    do {
      return try body(held.connection)
    } catch {
      guard error.kind == .connectionLost || !held.connection.isUsable else { throw error }
    }
    while true {
      do throws(PostgresError) {
        let fresh = try Connection.open(
          setting.target, side: .target, purpose: purpose, interrupt: setting.control.interrupt)
        try setting.identify(fresh)
        return try body(fresh)
      } catch {
        guard error.isConnectionTrouble, let wait = outage.wait(now: .now, random: .random(in: 0..<1))
        else { throw error }
        setting.control.interrupt.sleep(wait, until: .draining)
      }
    }
  }

  /// How the run went, for its record.
  struct Report: Sendable {
    var outcome: String
    var chunks: Int
    var rows: Int64
    var bytes: Int64
    var failures: Int
    /// A worker could not go on. If that was for a lost server, it has been waited for long enough.
    var gaveUp: Bool
  }

  /// Makes everything that the workers committed without waiting safe on disk, records how the run went, and counts what
  /// is left. One synchronous commit does for all, as the write-ahead log is flushed in order.
  ///
  /// - Parameter done: tasks that this run has done.
  func finish(_ report: Report, done: Int) async throws(CommandFailure) -> Queue.Counts {
    // After a cancellation nothing may wait any more; what is left follows from what is known.
    guard setting.control.interrupt.stage != .cancelled else {
      return Queue.Counts(
        all: counts.all, uncopied: max(0, counts.uncopied - done),
        unverified: max(0, counts.unverified - done))
    }
    return try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting {
        let ending: SQL =
          runID.map { id in
            RunRecord.end(
              id, outcome: report.outcome, chunks: report.chunks, rows: report.rows, bytes: report.bytes,
              failures: report.failures)
          } ?? ""
        return try withSession(isPatient: !report.gaveUp) { target throws(PostgresError) in
          try target.execute(
            "SET synchronous_commit = on; UPDATE __backfill.session SET created_at = created_at;" + ending,
            doing: "making the run's commits durable")
          return try Queue.counts(on: target)
        }
      }
    }
  }
}
