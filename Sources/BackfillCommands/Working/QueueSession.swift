import ChunkCatalog
import ChunkPairs
import Postgres
import TaskEngine
import TimescaleDB
import Waiting

/// What `copy` and `verify` do around their workers: check both databases, hold the queue's lock for as long as the
/// run lasts, record the run, and count before and after. The target's session of the checks is the one that holds the lock.
struct QueueSession: Sendable {
  let setting: RunSetting
  /// What the workers have to know of the two databases.
  let pairSetting: PairSetting
  let work: Queue.Work
  /// The command that works, as users and pg_stat_activity know it.
  let command: String
  let selected: SelectedTasks
  let counts: Queue.Counts
  /// The source's; none where there is nothing to do.
  let hypertables: [Hypertable]
  let overview: Overview
  let runID: Int64?
  let held: LockSession

  /// The session with the lock. Unchecked, as a libpq session may move between threads but not be used by two at
  /// once, which the compiler can't see: each use here is awaited before the next one begins.
  final class LockSession: @unchecked Sendable {
    var connection: Connection
    /// When it was last tried to make up for its loss.
    var tried = ContinuousClock.now
    /// What the session's row said when it was last read, which counts while it can't be.
    var asked: Int?
    /// What the run's record says, and since when.
    var noted = (counters: RunRecord.Counters(), at: ContinuousClock.now)

    init(_ connection: consuming Connection) { self.connection = connection }
  }

  /// - Throws: `CommandFailure` when there is no queue, it is in use by a command that wants it alone, or it was
  ///   staged between other databases.
  static func open(
    _ work: Queue.Work, _ request: WorkRequest, interrupt: Interrupt, reporter: any Reporter
  ) async throws(CommandFailure) -> QueueSession {
    let (endpoints, options) = (request.endpoints, request.options)
    return try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting {
        let databases = try Databases.open(
          endpoints, purpose: work.command, interrupt: interrupt, reporter: reporter)
        try Databases.lock(.shared, on: databases.target, interrupt: interrupt)
        guard try QueueSchema.exists(on: databases.target) else {
          throw CommandFailure.failed(.queue(.notStaged))
        }
        try QueueSchema.bringUpToDate(on: databases.target)
        let recorded = try StagedDatabases.recorded(on: databases.target)
        let fingerprints = try checkedFingerprints(databases, recorded)
        let databaseIdentity = DatabaseIdentity(
          source: fingerprints.source, target: fingerprints.target,
          stagedPosition: recorded.source?.position)
        var setting = RunSetting(
          source: endpoints.source, target: endpoints.target, options, request.words, databaseIdentity,
          interrupt: interrupt)
        try awaitStagedState(setting, databases.source, reporter: reporter)
        let staged = try Queue.hypertables(on: databases.target)
        let security = try RowSecurity.find(databases, source: staged.source, target: staged.target)
        try Checklist([security]).refuse()
        let selected = try SelectedTasks.select(
          work, options, source: databases.source, queue: databases.target)
        for note in selected.notes(work) { reporter.report(.note(.work(note))) }
        setting.queue = Queue(run: setting.queue.run, scope: selected.scope, words: request.words)
        let counts = try Queue.counts(on: databases.target, selected.scope)
        let isNeeded = work.open(in: counts) > 0
        var loadingUserFunctions: Set<QualifiedName> = []
        if work == .copying, isNeeded {
          loadingUserFunctions = try checkedHazards(
            databases.targetInstallation, staged.target, options, reporter, on: databases.target)
        }
        let hypertables =
          isNeeded ? try selected.hypertables ?? Hypertable.all(on: databases.source) : []
        // Estimates are made at once, without progress to tell.
        let showsProgress = isNeeded && options.thoroughness != .estimate
        let overview = showsProgress ? try Overview(work, hypertables, target: databases.target) : Overview()
        let record = request.identity.record(
          of: work.command, between: databases, name: setting.queue.run)
        let runID = isNeeded ? try record.begin(on: databases.target) : nil
        try databases.target.execute(
          RunLock.mark(setting.queue.run), doing: "marking the session as this run's")
        let pairSetting = PairSetting(
          source: databases.sourceInstallation, target: databases.targetInstallation,
          loadingUserFunctions: loadingUserFunctions)
        setting.spare = SpareSession(databases.source)
        return QueueSession(
          setting: setting, pairSetting: pairSetting, work: work, command: work.command, selected: selected,
          counts: counts,
          hypertables: hypertables, overview: overview, runID: runID,
          held: LockSession(databases.target))
      }
    }
  }

  /// - Returns: the hypertables that are loaded with their database's search_path.
  static func checkedHazards(
    _ installation: Installation, _ hypertables: Set<QualifiedName>, _ options: WorkOptions,
    _ reporter: any Reporter, on target: borrowing Connection
  ) throws -> Set<QualifiedName> {
    let hazards = try TargetHazards.find(installation, hypertables: hypertables, on: target)
    try hazards.refuse(disablesTriggers: options.disablesTriggers)
    for warning in hazards.warnings(disablesTriggers: options.disablesTriggers) {
      reporter.report(.warning(.hazard(warning)))
    }
    return hazards.loadingUserFunctions
  }

  /// Working through a queue between other databases than it was made for could only lose or mix up rows.
  private static func checkedFingerprints(
    _ databases: borrowing Databases, _ recorded: (source: Fingerprint?, target: Fingerprint?)
  ) throws -> Fingerprints {
    let found = try Fingerprints.find(databases)
    let differences = found.differences(from: recorded)
    guard differences.isEmpty else {
      throw CommandFailure.failed(.queue(.stagedElsewhere(differences, .work)))
    }
    return found
  }

  /// Waits for a standby that hasn't replayed yet what was there at staging.
  private static func awaitStagedState(
    _ setting: RunSetting, _ source: borrowing Connection, reporter: any Reporter
  ) throws {
    let deadline = ContinuousClock.now + setting.control.retry.budget
    var isTold = false
    while true {
      do throws(PostgresError) {
        try setting.identify(source)
        return
      } catch {
        guard error.kind == .connectionFailed, ContinuousClock.now < deadline else { throw error }
        guard !setting.control.isStopping else {
          throw CommandFailure.stopped(.working)
        }
        if !isTold { reporter.report(.warning(.work(.awaitingStandby(error)))) }
        isTold = true
        setting.control.interrupt.sleep(.milliseconds(500), until: .draining)
      }
    }
  }

  /// What a person wrote into `__backfill.session.parallelism` to change the running run; nil for nothing. Being asked
  /// all the time, it is also what shows others that the run is alive (`RunLock`).
  ///
  /// - Parameter counters: how far the run is, which its record says every few seconds.
  func askedParallelism(noting counters: RunRecord.Counters) async -> Int? {
    await DedicatedThread.run { () -> Int? in
      holdAgain()
      let rows = try? held.connection.query(
        note(counters) + "SELECT parallelism FROM __backfill.session", doing: "looking for a new parallelism"
      ) { row throws(PostgresError) in try row.optionalInteger("parallelism") }
      if let rows { held.asked = (rows.first ?? nil).map { Int($0) } }
      return held.asked
    }
  }

  private func note(_ counters: RunRecord.Counters) -> SQL {
    let pause = Duration.seconds(2)
    guard let runID, counters != held.noted.counters, held.noted.at + pause < .now else { return "" }
    held.noted = (counters, .now)
    // Whoever looks at the record under a lock must not hold up the run.
    return "SET LOCAL lock_timeout = 1000;" + RunRecord.goOn(runID, counters)
  }

  /// What holds up this run's sessions, and those of others that go by the same queue, on the target.
  func activity() async -> OwnActivity {
    await DedicatedThread.run { (try? OwnActivity.look(on: held.connection)) ?? OwnActivity() }
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
        setting.target, side: .target, settings: setting.settings, purpose: command,
        interrupt: setting.control.interrupt, timeout: 3
      )
      try setting.identify(fresh)
      try fresh.execute(RunLock.mark(setting.queue.run), doing: "marking the session as this run's")
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
    do {
      return try body(held.connection)
    } catch {
      guard error.kind == .connectionLost || !held.connection.isUsable else { throw error }
    }
    return try retry.run(setting.control.interrupt, until: .draining) { _ throws(PostgresError) in
      try body(try session(on: .target))
    } isWorthRetrying: {
      $0.isConnectionTrouble
    }
  }

  var isAskedToStop: Bool { setting.control.interrupt.stage != .running }

  /// Lends the session that has been held, or a new one where that was lost on the way, for what is looked at when the work
  /// is done.
  func lend<Value>(_ body: (borrowing Connection) throws -> Value) throws -> Value {
    guard !held.connection.isUsable else { return try body(held.connection) }
    return try body(try session(on: .target))
  }

  /// A session on a database of the run that nobody else uses: on the source the one of the checks, if no worker has it.
  /// Only of work that has a source on that.
  ///
  /// - Throws: `PostgresError`; also where the names lead to another database by now.
  func session(on side: Side) throws(PostgresError) -> Connection {
    if side == .source, let spare = setting.spare?.take() { return spare }
    guard let string = side == .source ? setting.source : setting.target else {
      preconditionFailure("work without a source asks for it")
    }
    let session = try Connection.open(
      string, side: side, settings: setting.settings, purpose: command,
      interrupt: setting.control.interrupt)
    try setting.identify(session)
    return session
  }

  /// How the run went, for its record.
  struct Report: Sendable {
    var outcome: RunOutcome
    var chunks: Int
    var rows: Int64
    var bytes: Int64
    var failures: Int
    /// A worker could not go on. If that was for a lost server, it has been waited for long enough.
    var gaveUp: Bool
  }

  /// Makes everything that the workers committed without waiting safe on disk. One synchronous commit does for all, as the
  /// write-ahead log is flushed in order.
  private static let flushing: SQL = """
    SET synchronous_commit = on; UPDATE __backfill.session SET created_at = created_at;
    """

  /// What is left when the workers have found nothing more to claim, as it is on disk.
  ///
  /// - Throws: `CommandFailure`.
  func openTasks() async throws(CommandFailure) -> OpenTasks {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting {
        try withSession(isPatient: true) { target throws(PostgresError) in
          try target.execute(
            Self.flushing + (runID.map { RunRecord.goOn($0, held.noted.counters) } ?? ""),
            doing: "making the run's commits durable")
          return try OpenTasks.find(work, setting, on: target)
        }
      }
    }
  }

  /// Records how the run went, on disk, and counts what is left.
  ///
  /// - Parameters:
  ///   - done: tasks that this run has done.
  ///   - failed: tasks that failed in this run.
  /// - Returns: the counts, and which of the failed tasks were done by others.
  func finish(
    _ report: Report, done: Int, failed: [Int64]
  ) async throws(CommandFailure) -> (counts: Queue.Counts, mended: Set<Int64>) {
    let isCancelled = setting.control.interrupt.stage == .cancelled
    let ending: SQL =
      runID.map { id in
        RunRecord.end(
          id, outcome: report.outcome, chunks: report.chunks, rows: report.rows, bytes: report.bytes,
          failures: report.failures)
      } ?? ""
    let asking: @Sendable (borrowing Connection) throws(PostgresError) -> (Queue.Counts, Set<Int64>) = {
      (target: borrowing Connection) throws(PostgresError) in
      try target.execute(Self.flushing + ending, doing: "making the run's commits durable")
      let queue = setting.queue
      return (try Queue.counts(on: target, queue.scope), try queue.done(work, of: failed, on: target))
    }
    return try await DedicatedThread.run { () throws(CommandFailure) in
      if isCancelled {
        // Where that fails, what is left is estimated. It is never nothing: what was reported as done was committed
        // asynchronously, and isn't known to be on disk.
        return (try? quickly(asking))
          ?? (
            Queue.Counts(
              all: counts.all, uncopied: max(1, counts.uncopied - done),
              unverified: max(1, counts.unverified - done)), []
          )
      }
      return try CommandFailure.converting { try withSession(isPatient: !report.gaveUp, asking) }
    }
  }

  /// Lends a session for last words, which has two seconds in all: after a cancellation nothing may wait any more, and the
  /// run's own sessions don't.
  private func quickly<Value>(
    _ body: (borrowing Connection) throws(PostgresError) -> Value
  ) throws(PostgresError) -> Value {
    let limit = Interrupt()
    DedicatedThread.start {
      Interrupt().sleep(.seconds(2))
      limit.advance(to: .cancelled)
    }
    return try body(
      try Connection.open(
        setting.target, side: .target, settings: setting.settings, purpose: command, interrupt: limit,
        timeout: 2))
  }
}

extension RunSetting {
  init(
    source: ConnectionString?, target: ConnectionString, _ options: WorkOptions, _ words: any QueueWords,
    _ identity: DatabaseIdentity, interrupt: Interrupt
  ) {
    self.init(
      source: source, target: target, settings: .timescaleDB,
      queue: Queue(run: Self.newRunName(), words: words),
      control: RunControl(
        interrupt: interrupt, parallelism: options.parallelism.first,
        retry: RetryPolicy(budget: options.retryBudget), failsFast: options.failsFast,
        maxRate: options.maxRate),
      disablesTriggers: options.disablesTriggers
    ) { session throws(PostgresError) in try identity.check(session) }
  }

  private static func newRunName() -> String {
    String(UInt64.random(in: .min ... .max), radix: 36)
  }
}
