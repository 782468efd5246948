import TestServers

/// Hypertables with jobs of all kinds, and what the tests compare of them.
enum JobsTable {
  static let table = """
    CREATE TABLE readings (time timestamptz NOT NULL, value int);
    SELECT create_hypertable('readings', 'time', chunk_time_interval => interval '1 day');
    """
  static let rows = """
    INSERT INTO readings SELECT t, 1 FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-03 23:00Z', '1 hour') AS t;
    """

  /// One job is off from the beginning, and one runs next when its schedule alone wouldn't have it.
  static let policies = """
    ALTER TABLE readings SET (timescaledb.compress);
    SELECT add_compression_policy('readings', interval '7 days');
    SELECT add_retention_policy(
      'readings', interval '1 year', initial_start => '2035-02-01 03:00+01', timezone => 'Europe/Berlin');
    SELECT alter_job(job_id, next_start => '2036-05-05 05:05Z', timezone => 'Europe/Berlin')
    FROM timescaledb_information.jobs WHERE proc_name = 'policy_retention';
    CREATE PROCEDURE tidy(job_id int, config jsonb) LANGUAGE plpgsql AS 'BEGIN END';
    SELECT add_job('tidy', '2 hours', config => '{"keep": 3}', fixed_schedule => false);
    SELECT alter_job(add_job('tidy', '3 hours', config => '{"keep": 4}', timezone => 'Asia/Tokyo'), scheduled => false,
      timezone => 'Asia/Tokyo');
    """
  /// Each is run by itself: an aggregate is not created in a transaction.
  static let aggregates = [
    """
    CREATE MATERIALIZED VIEW hourly WITH (timescaledb.continuous) AS
    SELECT time_bucket('1 hour', time) AS hour, sum(value) AS total FROM readings GROUP BY 1 WITH NO DATA
    """,
    """
    CREATE MATERIALIZED VIEW daily WITH (timescaledb.continuous) AS
    SELECT time_bucket('1 day', hour) AS day, sum(total) AS total FROM hourly GROUP BY 1 WITH NO DATA
    """,
    """
    SELECT add_continuous_aggregate_policy('hourly', interval '3 days', interval '1 hour', interval '1 hour',
      initial_start => '2035-03-01 00:30Z', timezone => 'Europe/Paris');
    SELECT add_continuous_aggregate_policy('daily', interval '7 days', interval '1 day', interval '1 hour',
      initial_start => '2035-03-02 00:30Z', timezone => 'Europe/Rome')
    """,
  ]

  /// Everything that a person can set.
  static let facts = """
    SELECT j.id, j.scheduled, j.schedule_interval, j.max_runtime, j.max_retries, j.retry_period, j.fixed_schedule,
      j.initial_start, j.timezone, j.config, j.proc_name, j.owner, s.next_start
    FROM _timescaledb_config.bgw_job AS j LEFT JOIN _timescaledb_internal.bgw_job_stat AS s ON s.job_id = j.id
    WHERE j.id >= 1000 ORDER BY j.id
    """
  /// TimescaleDB's own.
  static let others = "SELECT * FROM _timescaledb_config.bgw_job WHERE id < 1000 ORDER BY id"
  static let scheduled = "SELECT count(*) FROM _timescaledb_config.bgw_job WHERE id >= 1000 AND scheduled"
  static let record = "SELECT * FROM __backfill.job ORDER BY id"
}

/// A target by itself, and the program pointed at it.
struct JobsRig: CommandRunner {
  let target: TestDatabase
  let backfill: BackfillProcess

  /// - Parameter asSuperuser: whom the program comes as.
  init(_ target: TestDatabase, asSuperuser: Bool = false) {
    self.target = target
    backfill = BackfillProcess(environment: [
      "BACKFILL_TARGET": asSuperuser ? target.superuserConnectionString : target.keywordString
    ])
  }

  static func on(
    _ server: TestServer, asSuperuser: Bool = false, policies: String = JobsTable.policies,
    aggregates: [String] = []
  ) async throws -> JobsRig {
    let target = try await server.makeDatabase(setup: JobsTable.table + policies)
    for statement in aggregates { try target.execute(statement) }
    return JobsRig(target, asSuperuser: asSuperuser)
  }

  func facts() throws -> [[String?]] { try target.query(JobsTable.facts) }

  /// Without the column that says whether they are on.
  func settings() throws -> [[String?]] {
    try facts().map { row in Array(row.prefix(1) + row.dropFirst(2)) }
  }

  var hasSchema: Bool {
    get throws { try target.value("SELECT to_regnamespace('__backfill')") != nil }
  }
}
