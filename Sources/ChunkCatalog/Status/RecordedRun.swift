public import Postgres

/// What the run history says of a run.
public struct RecordedRun: Sendable, Equatable {
  public var id: Int64
  /// Such as "copy".
  public var command: String
  public var version: String
  public var options: String
  /// Where it runs or ran, and its process there.
  public var host: String
  public var process: Int64
  /// The process of its session's server; nil where an earlier version didn't note it.
  public var backend: Int64?
  public var started: Timestamp?
  public var ended: Timestamp?
  /// nil as long as it hasn't ended.
  public var outcome: String?
  public var chunks: Int64
  public var rows: Int64
  public var bytes: Int64
  public var failures: Int64
  /// What tasks call it that it has done; nil where an earlier version didn't note it.
  public var name: String?
  /// The databases that it was between; nil where an earlier version didn't note them.
  public var source: RecordedDatabase?
  public var target: RecordedDatabase?

  /// Commands that put rows into the target.
  public static let copying: Set<String> = ["copy", "import"]

  public var copies: Bool { Self.copying.contains(command) }

  public init(
    id: Int64, command: String, version: String = "", options: String = "", host: String = "",
    process: Int64 = 0, backend: Int64? = nil, started: Timestamp? = nil, ended: Timestamp? = nil,
    outcome: String? = nil, chunks: Int64 = 0, rows: Int64 = 0, bytes: Int64 = 0, failures: Int64 = 0,
    name: String? = nil, source: RecordedDatabase? = nil, target: RecordedDatabase? = nil
  ) {
    self.name = name
    self.source = source
    self.target = target
    self.id = id
    self.command = command
    self.version = version
    self.options = options
    self.host = host
    self.process = process
    self.backend = backend
    self.started = started
    self.ended = ended
    self.outcome = outcome
    self.chunks = chunks
    self.rows = rows
    self.bytes = bytes
    self.failures = failures
  }

  /// - Throws: `PostgresError`.
  static func answer(on target: borrowing Connection) throws(PostgresError) -> [RecordedRun] {
    try target.nextRows(doing: "reading the run history") { row throws(PostgresError) in
      RecordedRun(
        id: try row.integer("id"), command: try row.text("command"), version: try row.text("version"),
        options: try row.text("options"), host: try row.optionalText("host") ?? "",
        process: try row.optionalInteger("process") ?? 0, backend: try row.optionalInteger("backend"),
        started: try row.optionalTimestamp("started"), ended: try row.optionalTimestamp("ended"),
        outcome: try row.optionalText("outcome"), chunks: try row.optionalInteger("chunks") ?? 0,
        rows: try row.optionalInteger("rows") ?? 0, bytes: try row.optionalInteger("bytes") ?? 0,
        failures: try row.optionalInteger("failures") ?? 0, name: try row.optionalText("name"),
        source: RecordedDatabase(try row.texts("source")), target: RecordedDatabase(try row.texts("target")))
    }
  }

  /// The newest first: all that a session may still be working for, and some that have ended.
  static func question(_ shape: QueueShape) -> SQL {
    """
    SELECT \(columns(shape)) FROM __backfill.run
    WHERE ended IS NULL OR id > (SELECT max(id) FROM __backfill.run) - \(Self.remembered)
    ORDER BY id DESC LIMIT \(Self.limit);
    """
  }

  /// All there ever were, the oldest first.
  static func historyQuestion(_ shape: QueueShape) -> SQL {
    "SELECT \(columns(shape)) FROM __backfill.run ORDER BY id;"
  }

  private static func columns(_ shape: QueueShape) -> SQL {
    """
    id, command, version, options, host, process, \(shape.column("run", "backend", "integer")) AS backend,
      \(Timestamp.reading("started")) AS started, \(Timestamp.reading("ended")) AS ended, outcome, chunks, rows, bytes,
      failures, \(shape.column("run", "name", "text")) AS name,
      \(RecordedDatabase.texts(shape.column("run", "source", "jsonb"))) AS source,
      \(RecordedDatabase.texts(shape.column("run", "target", "jsonb"))) AS target
    """
  }

  private static let remembered = 100
  private static let limit = 1000
}
