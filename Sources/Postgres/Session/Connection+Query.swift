internal import CLibpq
import Glibc
import Synchronization
import Waiting

extension Connection {
  /// Sends statements without waiting for the answer, so that both servers can work at the same time.
  /// Several statements separated by semicolons travel in one message; they run as one transaction
  /// unless they open one themselves.
  public func send(_ sql: SQL, doing operation: String) throws(PostgresError) {
    guard PQsendQuery(handle, sql.text) == 1 else { throw lost(operation) }
    try flush(doing: operation)
  }

  /// The answer to the next statement of what was sent, or nil when all have been answered.
  ///
  /// - Throws: the server's error, after taking everything that follows it off the connection.
  public func receive(doing operation: String) throws(PostgresError) -> QueryResult? {
    while PQisBusy(handle) == 1 {
      try waitForSocket(.readable, doing: operation)
      // The server's parting message may be there although the socket is closed; the next call reads them.
      guard PQconsumeInput(handle) == 1 else { break }
    }
    guard let raw = PQgetResult(handle) else {
      guard isUsable else { throw lost(operation) }
      return nil
    }
    let result = QueryResult(handle: raw, side: side, operation: operation)
    switch result.status {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_EMPTY_QUERY: return result
    default:
      let error = withPartingMessage(
        PostgresError(result: raw, connection: handle, side: side, operation: operation))
      do throws(PostgresError) {
        try drain(doing: operation)
      } catch {
        // A server that throws the session out says why before it hangs up; that it hung up is found only then.
        if error.kind == .connectionLost {
          throw withPartingMessage(
            PostgresError(result: raw, connection: handle, side: side, operation: operation))
        }
        throw error
      }
      throw error
    }
  }

  /// Takes the remaining answers off the connection; an error among them is thrown, the first one first.
  ///
  /// - Parameter look: is shown each answer.
  public func drain(
    doing operation: String, _ look: (borrowing QueryResult) throws(PostgresError) -> Void = { _ in }
  ) throws(PostgresError) {
    while let result = try receive(doing: operation) {
      // Nobody here would feed or read it, and libpq gives the same result for ever.
      guard result.status != PGRES_COPY_IN, result.status != PGRES_COPY_OUT else {
        abandonStatement()
        throw PostgresError.unexpected("a statement began a COPY", side, doing: operation)
      }
      try look(result)
    }
  }

  /// Runs statements and waits until all are done.
  public func execute(_ sql: SQL, doing operation: String) throws(PostgresError) {
    try send(sql, doing: operation)
    try drain(doing: operation)
  }

  /// Runs statements and returns the rows of the last one that returned any columns.
  public func query<Value>(
    _ sql: SQL, doing operation: String, _ body: (Row) throws(PostgresError) -> Value
  ) throws(PostgresError) -> [Value] {
    try send(sql, doing: operation)
    return try rows(doing: operation, body)
  }

  /// Runs a statement that has exactly one row, such as a count.
  ///
  /// - Throws: `PostgresError`; also where there is none.
  public func queryRow<Value>(
    _ sql: SQL, doing operation: String, _ body: (Row) throws(PostgresError) -> Value
  ) throws(PostgresError) -> Value {
    guard let value = try query(sql, doing: operation, body).first else {
      throw PostgresError.unexpected("no row", side, doing: operation)
    }
    return value
  }

  /// The second half of `query` for statements that were sent before. Only the last answer's rows are looked at.
  public func rows<Value>(
    doing operation: String, _ body: (Row) throws(PostgresError) -> Value
  ) throws(PostgresError) -> [Value] {
    // Rows of earlier statements, functions called for their effect say, are nothing that `body` could read.
    var last: QueryResult?
    while let result = try receive(doing: operation) {
      if result.status == PGRES_TUPLES_OK { last = consume result }
    }
    return try last?.map(body) ?? []
  }

  /// The rows of the next statement of what was sent that returns columns; the answers after it stay to be received.
  public func nextRows<Value>(
    doing operation: String, _ body: (Row) throws(PostgresError) -> Value
  ) throws(PostgresError) -> [Value] {
    while let result = try receive(doing: operation) {
      guard result.status == PGRES_TUPLES_OK else { continue }
      do {
        return try result.map(body)
      } catch {
        try drain(doing: operation)
        throw error
      }
    }
    return []
  }

  /// Whether a failed statement left the session usable.
  public var isUsable: Bool { PQstatus(handle) == CONNECTION_OK && !isGivenUp.load(ordering: .relaxed) }

  /// Whether a transaction is open, failed or not.
  public var isInTransaction: Bool {
    let status = PQtransactionStatus(handle)
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
  }

  /// Rolls back whatever transaction is open. Best effort: on a broken session there is nothing to undo.
  public func rollBack() {
    guard isUsable, PQtransactionStatus(handle) != PQTRANS_IDLE else { return }
    try? execute("ROLLBACK", doing: "rolling back")
  }

  func flush(doing operation: String) throws(PostgresError) {
    while true {
      switch PQflush(handle) {
      case 0: return
      case 1:
        // The server may have to be read from before it takes more.
        try waitForSocket([.readable, .writable], doing: operation)
        guard PQconsumeInput(handle) == 1 else { throw lost(operation) }
      default: throw lost(operation)
      }
    }
  }

  func waitForSocket(_ readiness: Readiness, doing operation: String) throws(PostgresError) {
    var silence = ServerSilence()
    while true {
      let waited = wait(
        on: [(PQsocket(handle), readiness)], interrupt: interrupt,
        milliseconds: interrupt.silenceLimit.milliseconds)
      switch waited {
      case .ready: return
      case .interrupted: throw cancelled(operation)
      case .timedOut: try silence.check(self, doing: operation)
      }
    }
  }

  func cancelled(_ operation: String) -> PostgresError {
    .stopped(side, doing: operation)
  }

  /// The server's parting message where it had any, with their SQLSTATE; else what libpq says.
  func lost(_ operation: String) -> PostgresError {
    let error = withPartingMessage(PostgresError(lost: handle, side: side, operation: operation))
    guard PQstatus(handle) == CONNECTION_BAD, let raw = PQgetResult(handle) else { return error }
    let result = QueryResult(handle: raw, side: side, operation: operation)
    guard result.status == PGRES_FATAL_ERROR else { return error }
    let last = PostgresError(result: raw, connection: handle, side: side, operation: operation)
    return last.sqlState == nil ? error : last
  }
}
