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
  ///   - tell: called with the bytes of data as they go, and with what is being done.
  /// - Throws: `PostgresError`, `TaskFailure`.
  func perform(
    _ task: BackfillTask, sessions: borrowing WorkerSessions, transaction: TaskTransaction,
    tell: (TaskNews) -> Void
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
  public var remarks: [TaskRemark]
  /// Statements that end the task in its transaction: what is left for the end, and its mark.
  public var closing: SQL

  public init(
    kind: Kind, rows: Int64 = 0, bytes: Int64 = 0, bytesRead: Int64 = 0, remarks: [TaskRemark] = [],
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
