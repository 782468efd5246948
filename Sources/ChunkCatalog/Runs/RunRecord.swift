public import Postgres

/// A line of the run history, `__backfill.run`: for people to look at. Nothing leaves the two databases.
public struct RunRecord: Sendable {
  public var command: String
  /// What tasks call the run that has done them; nil for a command that does none.
  public var name: String?
  /// The two databases that it is between, source and target.
  public var databases: (source: RecordedDatabase, target: RecordedDatabase)?
  /// This program's.
  public var version: String
  /// As given, without connection strings; quoted as a shell needs it.
  public var options: String
  public var host: String
  public var process: Int32

  public init(
    command: String, version: String, options: String, host: String, process: Int32, name: String? = nil,
    databases: (source: RecordedDatabase, target: RecordedDatabase)? = nil
  ) {
    self.command = command
    self.name = name
    self.databases = databases
    self.version = version
    self.options = options
    self.host = host
    self.process = process
  }

  /// Writes down that the run has begun.
  ///
  /// - Returns: the line's id, for `end`.
  /// - Throws: `PostgresError`.
  public func begin(on target: borrowing Connection) throws(PostgresError) -> Int64? {
    try target.query(
      """
      INSERT INTO __backfill.run (command, version, options, host, process, backend, name, source, target, chunks, rows,
        bytes, failures)
      VALUES (\(command), \(version), \(options), \(host), \(process), pg_backend_pid(), \(name),
        \(databases?.source.json ?? "NULL"), \(databases?.target.json ?? "NULL"), 0, 0, 0, 0)
      RETURNING id
      """, doing: "recording the run"
    ) { row throws(PostgresError) in try row.integer("id") }.first
  }

  /// How much a run has done so far.
  public struct Counters: Sendable, Equatable {
    public var chunks = 0
    public var rows: Int64 = 0
    public var bytes: Int64 = 0
    public var failures = 0

    public init() {}

    public init(chunks: Int, rows: Int64, bytes: Int64, failures: Int) {
      self.chunks = chunks
      self.rows = rows
      self.bytes = bytes
      self.failures = failures
    }

    fileprivate var assignments: SQL {
      "chunks = \(chunks), rows = \(rows), bytes = \(bytes), failures = \(failures)"
    }
  }

  /// Writes down how far the run is.
  public static func goOn(_ id: Int64, _ counters: Counters) -> SQL {
    "UPDATE __backfill.run SET \(counters.assignments) WHERE id = \(id);"
  }

  /// Writes down how the run went. A line without an end is of a run that is still going, or was killed.
  public static func end(
    _ id: Int64, outcome: RunOutcome, chunks: Int, rows: Int64, bytes: Int64, failures: Int
  ) -> SQL {
    let counters = Counters(chunks: chunks, rows: rows, bytes: bytes, failures: failures)
    return """
      UPDATE __backfill.run SET ended = clock_timestamp(), outcome = \(outcome.recorded), \(counters.assignments)
      WHERE id = \(id);
      """
  }
}
