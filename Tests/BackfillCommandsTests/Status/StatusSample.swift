import Postgres
import TimescaleDB

@testable import BackfillCommands
@testable import ChunkCatalog

/// Facts about a queue, as they would be read.
enum StatusSample {
  static let now = Timestamp(microseconds: 1_704_100_000_000_000)

  static func ago(_ seconds: Int64) -> Timestamp { now.advanced(by: .seconds(-seconds)) }

  static func shape(tables: Set<String> = ["task", "run", "deferred", "split"], readable: Set<String>? = nil)
    -> QueueShape
  {
    QueueShape(
      now: now, database: "d", role: "app", timescaleVersion: "2.29.2", hasSchema: true, stranger: nil,
      mayUseSchema: true, seesAllSessions: true, tables: tables, readableTables: readable ?? tables,
      columns: [])
  }

  static func facts(
    sessions: [TargetSession] = [], runs: [RecordedRun] = [], tasks: [NotableTask] = [],
    hypertables: [HypertableProgress] = [], prepared: [PreparedTransaction] = []
  ) -> QueueStatus {
    var facts = QueueStatus(shape: shape(), window: ago(300))
    facts.sessions = sessions
    facts.runs = runs
    facts.tasks = tasks
    facts.hypertables = hypertables
    facts.prepared = prepared
    return facts
  }

  /// The session with a run's lock, which has just asked for its parallelism.
  static func leader(
    _ process: Int64 = 10, _ command: String = "copy", mark: Int64? = 1, heard seconds: Int64 = 0,
    state: String = "idle"
  ) -> TargetSession {
    TargetSession(
      process: process, application: "timescaledb-backfill \(command)", user: "app", started: ago(600),
      queryStarted: ago(seconds), state: state, waitEvent: "ClientRead", mark: mark,
      queueLock: mark == nil ? .exclusive : .shared)
  }

  static func worker(
    _ process: Int64 = 11, mark: Int64 = 1, transactions: Set<String> = [],
    state: String = "idle in transaction", waitEvent: String = "ClientRead", heard seconds: Int64 = 0,
    wait: TargetSession.Wait? = nil, copy: TargetSession.Copy? = nil
  ) -> TargetSession {
    TargetSession(
      process: process, application: "timescaledb-backfill copy", user: "app", started: ago(599),
      transactionStarted: ago(seconds), queryStarted: ago(seconds), state: state, waitEvent: waitEvent,
      mark: mark, transactions: transactions, wait: wait, copy: copy)
  }

  static func stranger(_ process: Int64 = 99, transactions: Set<String> = []) -> TargetSession {
    TargetSession(
      process: process, application: "psql", user: "joe", host: "10.0.0.1", started: ago(1000),
      transactionStarted: ago(900), state: "idle in transaction", transactions: transactions)
  }

  static func run(
    _ id: Int64 = 1, _ command: String = "copy", backend: Int64? = 10, started seconds: Int64 = 590,
    ended: Int64? = nil, outcome: String? = nil
  ) -> RecordedRun {
    RecordedRun(
      id: id, command: command, version: "0.1.0", host: "h", process: 4711, backend: backend,
      started: ago(seconds), ended: ended.map(ago), outcome: outcome)
  }

  static func task(_ priority: Int64 = 1, transaction: String = "0", error: String? = nil) -> NotableTask {
    var task = NotableTask(
      priority: priority, chunk: QualifiedName("_timescaledb_internal", "_hyper_1_\(priority)_chunk"),
      hypertable: QualifiedName("public", "readings"))
    task.timeType = "timestamp with time zone"
    task.time = Dimension.Range(lower: 1_704_067_200_000_000, upper: 1_704_153_600_000_000)
    task.transaction = transaction
    task.error = error
    task.attempts = error == nil ? 0 : 2
    return task
  }

  static func hypertable(
    all: Int, copied: Int = 0, verified: Int = 0, failed: Int = 0, differing: Int = 0, bytes: Int64 = 0,
    expected: HypertableProgress.Expected = .init(), recent: HypertableProgress.Recent = .init()
  ) -> HypertableProgress {
    var progress = HypertableProgress(hypertable: QualifiedName("public", "readings"))
    progress.tasks = .init(all: all, copied: copied, verified: verified)
    progress.chunks = progress.tasks
    progress.failed = failed
    progress.differing = differing
    progress.copiedBytes = bytes
    progress.unverifiedBytes = bytes
    progress.expected = expected
    progress.recent = recent
    return progress
  }

  static func result(_ facts: QueueStatus) -> StatusResult {
    StatusResult(
      facts,
      ConnectedDatabase(
        side: .target, address: "h:5432", database: "d", user: "app", postgresVersion: "18.0",
        timescaleVersion: "2.29.2"))
  }
}
