public import Postgres

/// That a task failed or differed, whatever became of it since.
public struct RecordedIncident: Sendable, Equatable {
  /// Of the task; there may be none with that key any more.
  public var priority: Int64
  public var kind: Incident.Kind
  /// What was being done.
  public var work: Queue.Work
  /// What the run is called.
  public var run: String?
  public var at: Timestamp?
  /// On the source.
  public var chunk: QualifiedName
  public var hypertable: QualifiedName
  public var message: String

  public init(
    priority: Int64, kind: Incident.Kind, work: Queue.Work, run: String?, at: Timestamp?,
    chunk: QualifiedName, hypertable: QualifiedName, message: String
  ) {
    self.priority = priority
    self.kind = kind
    self.work = work
    self.run = run
    self.at = at
    self.chunk = chunk
    self.hypertable = hypertable
    self.message = message
  }

  /// - Throws: `PostgresError`.
  static func answer(on target: borrowing Connection) throws(PostgresError) -> [RecordedIncident] {
    try target.nextRows(doing: "reading what went wrong") { row throws(PostgresError) in
      RecordedIncident(
        priority: try row.integer("priority"),
        kind: try row.text("kind") == Incident.Kind.differed.rawValue ? .differed : .failed,
        work: try row.text("work") == "verify" ? .verifying : .copying, run: try row.optionalText("run"),
        at: try row.optionalTimestamp("at"), chunk: try row.name("chunk_schema", "chunk_name"),
        hypertable: try row.name("hypertable_schema", "hypertable_name"), message: try row.text("message"))
    }
  }

  /// In the order in which they happened.
  static let question: SQL = """
    SELECT priority, kind, work, run, \(Timestamp.reading("at")) AS at, chunk_schema, chunk_name, hypertable_schema,
      hypertable_name, left(message, \(QueueRecord.textLimit)) AS message
    FROM __backfill.incident ORDER BY id;
    """
}
