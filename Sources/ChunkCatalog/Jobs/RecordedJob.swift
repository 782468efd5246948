public import Postgres
public import TimescaleDB

/// What a job was before it was turned off: a row of `__backfill.job`, which is written in the transaction that turns it off
/// and stays until it is on again. The table is there without a queue too.
public struct RecordedJob: Sendable {
  /// Of the record.
  public let key: Int64
  /// The job's number at that time.
  public let job: Int64
  public let identity: JobIdentity
  public let owner: Identifier
  public let schedule: JobSchedule
  public let nextStart: Timestamp?
  public let turnedOff: Timestamp

  public init(
    key: Int64, job: Int64, identity: JobIdentity, owner: Identifier, schedule: JobSchedule,
    nextStart: Timestamp? = nil, turnedOff: Timestamp
  ) {
    self.key = key
    self.job = job
    self.identity = identity
    self.owner = owner
    self.schedule = schedule
    self.nextStart = nextStart
    self.turnedOff = turnedOff
  }

  /// All records, the earliest first; none where there is no table. For a transaction that has looked at whose it is.
  ///
  /// - Throws: `PostgresError`.
  public static func all(on target: borrowing Connection) throws(PostgresError) -> [RecordedJob] {
    guard try JobRecord.exists(on: target) else { return [] }
    return try target.query(
      """
      SELECT r.id, r.job_id, \(JobIdentity.columns(of: "r")), r.owner, \(JobSchedule.columns(of: "r")),
        \(Timestamp.reading("r.next_start")) AS next_start, \(Timestamp.reading("r.turned_off")) AS turned_off
      FROM ONLY __backfill.job AS r ORDER BY r.id
      """, doing: "reading the record of jobs"
    ) { row throws(PostgresError) in
      RecordedJob(
        key: try row.integer("id"), job: try row.integer("job_id"), identity: try JobIdentity(row),
        owner: Identifier(try row.text("owner")), schedule: try JobSchedule(row),
        nextStart: try row.optionalTimestamp("next_start"),
        turnedOff: try row.optionalTimestamp("turned_off") ?? Timestamp(microseconds: 0))
    }
  }

  /// Writes down what a job is, before it is turned off.
  public static func recording(_ job: Int64) -> SQL { recording(where: "f.id = \(job)") }

  /// The same for all jobs of which a condition holds, `f` being their facts.
  public static func recording(where condition: SQL) -> SQL {
    """
    INSERT INTO __backfill.job (job_id, procedure_schema, procedure_name, relation_schema, relation_name, config, owner,
      schedule_interval, max_runtime, max_retries, retry_period, fixed_schedule, initial_start, timezone, next_start,
      turned_off)
    SELECT f.id, f.procedure_schema, f.procedure_name, f.relation_schema, f.relation_name, f.config, f.owner,
      \(JobSchedule.columns(of: "f")), f.next_start, clock_timestamp()
    FROM (\(BackgroundJob.facts)) AS f WHERE \(condition);
    """
  }

  /// When it was to run next, as an expression.
  public var recordedNextStart: SQL { "(SELECT r.next_start FROM __backfill.job AS r WHERE r.id = \(key))" }

  /// Forgets the record, as the job is on again.
  public var forgetting: SQL { "DELETE FROM __backfill.job WHERE id = \(key);" }
}
