public import Postgres
public import TestServers
public import Waiting

extension TestDatabase {
  /// A source's sessions can't write, which is in the way of tests that make on it what they then read.
  private static let writable: SQL = "SET default_transaction_read_only = off"

  /// Lends a session of the program's own kind. libpq's calls block; unlike on a `DedicatedThread`, the task stays the
  /// test's, so that its failures are told as that test's.
  public func withConnection<Value: Sendable>(
    _ side: Side = .source, interrupt: Interrupt = Interrupt(),
    _ body: @escaping @Sendable (borrowing Connection) throws -> Value
  ) async throws -> Value {
    let string = try ConnectionString(connectionString)
    return try await withTaskExecutorPreference(TestThreads.all) {
      let connection = try Connection.open(string, side: side, purpose: "test", interrupt: interrupt)
      try connection.run(Self.writable)
      return try body(connection)
    }
  }

  /// Lends two sessions, a source's and a target's, both of this database.
  public func withTwoConnections<Value: Sendable>(
    interrupt: Interrupt = Interrupt(),
    _ body: @escaping @Sendable (borrowing Connection, borrowing Connection) throws -> Value
  ) async throws -> Value {
    let string = try ConnectionString(connectionString)
    return try await withTaskExecutorPreference(TestThreads.all) {
      let source = try Connection.open(string, side: .source, purpose: "test", interrupt: interrupt)
      try source.run(Self.writable)
      let target = try Connection.open(string, side: .target, purpose: "test", interrupt: interrupt)
      return try body(source, target)
    }
  }
}

extension Connection {
  /// The first column of the first row, as text.
  public func value(_ sql: SQL) throws -> String? {
    try query(sql, doing: "testing") { row throws(PostgresError) in row.optionalText(0) }.first ?? nil
  }

  /// The first column of all rows, as text.
  public func values(_ sql: SQL) throws -> [String?] {
    try query(sql, doing: "testing") { row throws(PostgresError) in row.optionalText(0) }
  }

  public func run(_ sql: SQL) throws(PostgresError) { try execute(sql, doing: "testing") }
}

/// The error that `body` throws; nil when it throws none.
public func postgresError(_ body: () throws -> Void) throws -> PostgresError? {
  do {
    try body()
    return nil
  } catch let error as PostgresError {
    return error
  }
}
