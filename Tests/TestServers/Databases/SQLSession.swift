import CLibpq
import Foundation

/// One connection for a test's own SQL: setting up, looking at the outcome, holding a lock.
///
/// Every call has a time limit, so that a test against a hung server fails rather than hangs.
public final class SQLSession {
  let connection: OpaquePointer
  private let limit: Duration

  /// Connects.
  ///
  /// - Parameter limit: how long each call may take.
  /// - Throws: `HarnessError` with the server's or libpq's message.
  public init(connectionString: String, limit: Duration = .seconds(120)) throws {
    let names = ["dbname", "connect_timeout", "application_name", "client_encoding"]
    let values = [connectionString, "15", "backfill-tests", "UTF8"]
    var cNames: [UnsafePointer<CChar>?] = names.map { UnsafePointer(strdup($0)) } + [nil]
    var cValues: [UnsafePointer<CChar>?] = values.map { UnsafePointer(strdup($0)) } + [nil]
    defer { for word in cNames + cValues { free(UnsafeMutablePointer(mutating: word)) } }
    guard let connection = PQconnectdbParams(&cNames, &cValues, 1) else {
      throw HarnessError("out of memory")
    }
    guard PQstatus(connection) == CONNECTION_OK else {
      defer { PQfinish(connection) }
      throw HarnessError(String(cString: PQerrorMessage(connection)))
    }
    self.connection = connection
    self.limit = limit
    PQsetNoticeProcessor(connection, { _, _ in }, nil)
  }

  deinit {
    PQfinish(connection)
  }

  /// The server process of this connection, for `pg_terminate_backend` and `pg_locks`.
  public var backendPID: Int32 {
    PQbackendPID(connection)
  }

  /// Such as 180001.
  var serverVersion: Int32 { PQserverVersion(connection) }

  /// Runs one or several statements.
  public func execute(_ sql: String) throws {
    _ = try query(sql)
  }

  /// Runs one or several statements.
  ///
  /// - Returns: the rows of the last, as text; NULL is nil.
  /// - Throws: `HarnessError` with the server's message and the SQL.
  public func query(_ sql: String) throws -> [[String?]] {
    guard PQsendQuery(connection, sql) == 1 else { throw failure(of: sql) }
    let deadline = ContinuousClock.now + limit
    var rows: [[String?]] = []
    var failed: HarnessError?
    while let result = try nextResult(before: deadline, sql) {
      defer { PQclear(result) }
      switch PQresultStatus(result) {
      case PGRES_TUPLES_OK: rows = Self.rows(of: result)
      case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: rows = []
      case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
        throw HarnessError("COPY to or from the client is not for SQLSession: \(sql)")
      default: failed = failed ?? failure(of: sql)
      }
    }
    if let failed { throw failed }
    if IdleSessions.areOutdated(by: sql) { IdleSessions.close { _ in true } }
    return rows
  }

  private func nextResult(before deadline: ContinuousClock.Instant, _ sql: String) throws
    -> OpaquePointer?
  {
    while PQisBusy(connection) == 1 {
      let left = deadline - ContinuousClock.now
      guard left > .zero else { throw HarnessError("took longer than \(limit): \(sql)") }
      var wanted = pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
      poll(&wanted, 1, Int32(left.components.seconds + 1) * 1000)
      guard PQconsumeInput(connection) == 1 else { throw failure(of: sql) }
    }
    return PQgetResult(connection)
  }

  private func failure(of sql: String) -> HarnessError {
    HarnessError("\(String(cString: PQerrorMessage(connection)))in: \(sql.prefix(2000))")
  }

  private static func rows(of result: OpaquePointer) -> [[String?]] {
    (0..<PQntuples(result)).map { row in
      (0..<PQnfields(result)).map { column in
        PQgetisnull(result, row, column) == 1
          ? nil : String(cString: PQgetvalue(result, row, column))
      }
    }
  }
}
