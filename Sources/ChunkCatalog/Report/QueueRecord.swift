public import Postgres
import TimescaleDB

/// Everything that a target's queue tells of a migration, as it was at one time.
public struct QueueRecord: Sendable {
  public var shape: QueueShape
  /// When the first staging was.
  public var created: Timestamp?
  /// In the order of work.
  public var tasks: [RecordedTask] = []
  /// The oldest first.
  public var runs: [RecordedRun] = []
  public var incidents: [RecordedIncident] = []
  public var windows: [StagedWindow] = []
  /// What users call the hypertables behind continuous aggregates.
  public var aggregates: [QualifiedName: QualifiedName] = [:]

  /// Characters of a message that are read.
  static let textLimit = 4000

  /// What there may be more to tell from than the tasks.
  public static let tablesBeside = ["session", "run", "incident", "split", "staged_window"]

  public init(shape: QueueShape) { self.shape = shape }

  /// What the session needs once, before `read`: nothing can be written, and nothing is waited for for long.
  public static let preparation: SQL = """
    SET default_transaction_read_only = on; SET statement_timeout = '60s'; SET lock_timeout = '5s';
    SET idle_in_transaction_session_timeout = '60s'; SET max_parallel_workers_per_gather = 0;
    """

  /// Reads everything in one snapshot. Takes no lock but ACCESS SHARE on the queue's tables.
  ///
  /// - Returns: without tasks where there is no queue, or the role may not read it: see `shape`.
  /// - Throws: `PostgresError`; also when something on the queue would run code or hide rows (`QueueTrust`).
  public static func read(on target: borrowing Connection) throws(PostgresError) -> QueueRecord {
    let operation = "looking at the queue"
    try target.send(QueueShape.question, doing: operation)
    let shape = try QueueShape.answer(on: target)
    try target.drain(doing: operation)
    guard let shape else { throw PostgresError.unexpected("no row", target.side, doing: operation) }
    var record = QueueRecord(shape: shape)
    guard shape.reads("task") else { return record }
    do throws(PostgresError) {
      try record.readQueue(on: target)
    } catch {
      target.rollBack()
      throw error
    }
    return record
  }

  private mutating func readQueue(on target: borrowing Connection) throws(PostgresError) {
    let operation = "reading the queue"
    let hasAggregates = shape.timescaleVersion != nil
    var questions = shape.opening(["task"] + Self.tablesBeside) + RecordedTask.question(shape)
    if shape.reads("session") { questions = questions + Self.sessionQuestion }
    if shape.reads("run") { questions = questions + RecordedRun.historyQuestion(shape) }
    if shape.reads("incident") { questions = questions + RecordedIncident.question }
    if shape.reads("staged_window") { questions = questions + StagedWindow.question + ";" }
    if hasAggregates { questions = questions + AggregateName.question }
    try target.send(questions + "COMMIT;", doing: operation)
    tasks = try RecordedTask.answer(on: target)
    if shape.reads("session") {
      created =
        try target.nextRows(doing: operation) { row throws(PostgresError) in
          try row.optionalTimestamp("created")
        }.first ?? nil
    }
    if shape.reads("run") { runs = try RecordedRun.answer(on: target) }
    if shape.reads("incident") { incidents = try RecordedIncident.answer(on: target) }
    if shape.reads("staged_window") { windows = try StagedWindow.answer(on: target) }
    if hasAggregates { aggregates = try AggregateName.answer(on: target) }
    try target.drain(doing: operation)
  }

  private static let sessionQuestion: SQL = """
    SELECT \(Timestamp.reading("min(created_at)")) AS created FROM __backfill.session;
    """
}
