public import ChunkCatalog
public import Postgres

/// What a pool's workers do with each task: copying, or verifying.
public protocol TaskWork: Sendable {
  /// Which tasks of the queue it is for.
  var kind: Queue.Work { get }

  /// Statements that each new session needs before `perform`.
  func preparation(of side: Side) -> SQL

  /// Does one task inside the claim's transaction, leaving that open.
  ///
  /// - Parameters:
  ///   - transaction: makes the marks for the task's end.
  ///   - moved: called with bytes of COPY data as they go.
  /// - Throws: `PostgresError`, `TaskFailure`.
  func perform(
    _ task: BackfillTask, sessions: borrowing WorkerSessions, transaction: TaskTransaction,
    moved: (Int) -> Void
  ) throws -> TaskOutcome
}

/// How a task went.
public struct TaskOutcome: Sendable {
  public enum Kind: Sendable {
    case copied
    /// Nothing is copied yet, but the chunk is ready for its parts; the task is still to be done.
    case prepared
    case skipped
    case verified
    /// Looked at with nothing that would be marked: the task stays as it is.
    case counted
    case differs
  }

  public var kind: Kind
  public var rows: Int64
  public var bytes: Int64
  /// Bytes that the source had to read for nothing that it sent: they count for the rate like those that it sends.
  public var bytesRead: Int64
  public var remarks: [String]
  /// Statements that end the task in its transaction: what is left for the end, and its mark.
  public var closing: SQL

  public init(
    kind: Kind, rows: Int64 = 0, bytes: Int64 = 0, bytesRead: Int64 = 0, remarks: [String] = [],
    closing: SQL
  ) {
    self.kind = kind
    self.rows = rows
    self.bytes = bytes
    self.bytesRead = bytesRead
    self.remarks = remarks
    self.closing = closing
  }
}

/// Why a task can't be done, where it isn't a server that says so.
public struct TaskFailure: Error, Sendable {
  /// As the queue stores it.
  public var reason: String
  /// What a person can do about it; of a server's error that is the executable's to say.
  public var advice: String?
  /// What a server said, where that is why.
  public var error: PostgresError?
  /// The databases changed under the task; doing it again from the start may well work.
  public var isWorthRetrying: Bool

  /// Set when the other tasks would fail in the same way, so that the run had better stop.
  public var stopsRun: HaltReason?

  public init(_ error: PostgresError) {
    self.init("\(error)")
    self.error = error
    if error.sqlState == SQLState.diskFull { stopsRun = .diskFull(error.side) }
  }

  public init(_ reason: String, advice: String? = nil, isWorthRetrying: Bool = false) {
    self.reason = reason
    self.advice = advice
    self.isWorthRetrying = isWorthRetrying
  }
}
