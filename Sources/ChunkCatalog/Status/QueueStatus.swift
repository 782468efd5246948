public import Postgres
internal import TimescaleDB

/// Everything that a target tells of its queue and of those who work on it, at one time.
public struct QueueStatus: Sendable {
  public var shape: QueueShape
  public var sessions: [TargetSession] = []
  public var prepared: [PreparedTransaction] = []
  /// The beginning of what counts as recent.
  public var window: Timestamp
  public var hypertables: [HypertableProgress] = []
  public var runs: [RecordedRun] = []
  public var deferred: [DeferredWork] = []
  /// Those that failed, differ or are locked; at most `taskLimit` that failed, and as many that differ.
  public var tasks: [NotableTask] = []
  /// What users call the hypertables behind continuous aggregates.
  public var aggregates: [QualifiedName: QualifiedName] = [:]
  /// Jobs that are recorded as turned off; nil where that can't be read.
  public var recordedJobs: Int?
  /// The tasks' rows are in an archive, so that `copy` and `verify` are of no use without one.
  public var isOfArchive = false

  /// More than anybody reads.
  public static let taskLimit = 1000
  /// How far back the rate is looked at.
  public static let recency = Duration.seconds(300)

  private static let tables = ["task", "run", "split", "deferred", "session", JobRecord.name]

  public init(shape: QueueShape, window: Timestamp) {
    self.shape = shape
    self.window = window
  }

  /// What the session needs once, before `read`: nothing can be written, nothing waits or runs for long, no process of
  /// the server is taken from others, and a program that stands still keeps nobody from the queue. The server thinks that
  /// it needs much memory to count tasks by hashing, and sorts all of them where it may not take it; it uses little.
  public static let preparation: SQL = """
    SET default_transaction_read_only = on; SET statement_timeout = '15s'; SET lock_timeout = '1s';
    SET idle_in_transaction_session_timeout = '5s'; SET max_parallel_workers_per_gather = 0; SET work_mem = '128MB';
    """

  /// Looks. Three round trips, or two where no task needs a word of its own; reads the tasks once, takes no lock but
  /// ACCESS SHARE on the queue's tables, and that for as long as it reads them.
  ///
  /// - Throws: `PostgresError`; also when something on the queue would run code or hide rows (`QueueTrust`).
  public static func read(on target: borrowing Connection) throws(PostgresError) -> QueueStatus {
    let operation = "looking at the queue"
    try target.send(
      QueueShape.question + TargetSession.question + PreparedTransaction.question, doing: operation)
    let shape = try QueueShape.answer(on: target)
    let sessions = try TargetSession.answer(on: target)
    let prepared = try PreparedTransaction.answer(on: target)
    try target.drain(doing: operation)
    guard let shape else { throw PostgresError.unexpected("no row", target.side, doing: operation) }
    var status = QueueStatus(shape: shape, window: window(shape.now, sessions))
    status.sessions = sessions
    status.prepared = prepared
    guard shape.reads("task") || shape.reads(JobRecord.name) else { return status }
    do throws(PostgresError) {
      try status.readQueue(on: target)
    } catch {
      target.rollBack()
      throw error
    }
    return status
  }

  private mutating func readQueue(on target: borrowing Connection) throws(PostgresError) {
    let operation = "reading the queue"
    guard shape.reads("task") else {
      try target.send(shape.opening(Self.tables) + JobRecord.counting + "COMMIT;", doing: operation)
      recordedJobs = try JobRecord.answer(on: target)
      return try target.drain(doing: operation)
    }
    let transactions = sessions.flatMap(\.transactions) + prepared.map(\.transaction)
    let hasAggregates = shape.timescaleVersion != nil
    try target.send(
      shape.opening(Self.tables)
        + HypertableProgress.question(shape, window: window, transactions: transactions)
        + (shape.reads("run") ? RecordedRun.question(shape) : "")
        + (readsDeferred ? DeferredWork.question : "") + (hasAggregates ? AggregateName.question : "")
        + (shape.reads(JobRecord.name) ? JobRecord.counting : "")
        + (readsArchive ? StagedDatabases.archiveQuestion + ";" : ""),
      doing: operation)
    hypertables = try HypertableProgress.answer(on: target)
    if shape.reads("run") { runs = try RecordedRun.answer(on: target) }
    if readsDeferred { deferred = try DeferredWork.answer(on: target) }
    if hasAggregates { aggregates = try AggregateName.answer(on: target) }
    if shape.reads(JobRecord.name) { recordedJobs = try JobRecord.answer(on: target) }
    if readsArchive { isOfArchive = try StagedDatabases.isOfArchive(on: target) }
    try target.drain(doing: operation)
    let keys = notableKeys
    try target.send(
      (keys.isEmpty ? "" : NotableTask.question(shape, keys: keys)) + "COMMIT;", doing: operation)
    if !keys.isEmpty { tasks = try NotableTask.answer(on: target) }
    try target.drain(doing: operation)
  }

  private var readsDeferred: Bool { shape.reads("deferred") && shape.hasColumn("task", "split") }

  private var readsArchive: Bool { shape.reads("session") && shape.hasColumn("session", "archive") }

  private var notableKeys: [Int64] {
    let failed = hypertables.flatMap(\.failedKeys).sorted().prefix(Self.taskLimit)
    let differing = hypertables.flatMap(\.differingKeys).sorted().prefix(Self.taskLimit)
    let held = hypertables.flatMap(\.heldKeys).sorted().prefix(Self.taskLimit)
    return Set(failed + differing + held).sorted()
  }

  /// What was done before the run that is going on tells nothing of its rate.
  private static func window(_ now: Timestamp, _ sessions: [TargetSession]) -> Timestamp {
    let begun = sessions.filter { $0.queueLock == .shared && $0.command != nil }.compactMap(\.started).min()
    let earliest = now.advanced(by: .zero - recency)
    return begun.map { max($0, earliest) } ?? earliest
  }
}
