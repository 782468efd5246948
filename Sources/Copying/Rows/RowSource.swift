internal import Postgres
internal import TaskEngine

/// Where the rows of a COPY come from. `CopyScope` calls these in the order in which they stand here.
protocol RowSource {
  /// Asks for the rows, without waiting for them.
  func ask(_ sessions: borrowing WorkerSessions) throws

  /// Moves all rows into a COPY that the target has begun, and ends that.
  ///
  /// - Parameter moved: called with bytes of COPY data as they go.
  func stream(_ sessions: borrowing WorkerSessions, moved: (Int) -> Void) throws -> StreamedRows

  /// Makes sure that what was read is what was described.
  ///
  /// - Throws: `TaskFailure` where it isn't; `PostgresError`.
  func confirm(_ sessions: borrowing WorkerSessions) throws

  /// Stops whatever is under way after an error.
  ///
  /// - Returns: what the error comes from.
  func abandon(after error: any Error, _ sessions: borrowing WorkerSessions) -> any Error
}

/// What went through a COPY.
struct StreamedRows {
  /// What the source sent and the target took, each counted by its server.
  var sent: Int64
  var taken: Int64
  /// Rows, those in batches counted one by one.
  var rows: Int64
  var bytes: Int64
}

/// Where the rows of a COPY go.
protocol RowSink {
  /// What takes the rows, for error messages.
  var name: QualifiedName { get }

  /// Begins to take rows.
  ///
  /// - Parameters:
  ///   - statements: are sent ahead, in the same message.
  ///   - look: is shown the answers to these.
  func begin(
    behind statements: SQL, on target: borrowing Connection, doing operation: String,
    _ look: (borrowing QueryResult) throws(PostgresError) -> Void
  ) throws(PostgresError)

  /// Waits until the sink has all rows.
  func finish(on target: borrowing Connection) throws(PostgresError)

  /// Stops whatever is under way after an error.
  func abandon(on target: borrowing Connection)
}
