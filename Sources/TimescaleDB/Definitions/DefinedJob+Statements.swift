import Postgres

extension DefinedJob {
  /// Whether it is one of TimescaleDB's own.
  var isPolicy: Bool { job.identity.procedure.schema.name.hasPrefix("_timescaledb_") }

  var isRefreshing: Bool {
    isPolicy && job.identity.procedure.name.name == "policy_refresh_continuous_aggregate"
  }

  /// Makes the job, on or off as it was.
  ///
  /// - Parameters:
  ///   - schema: of TimescaleDB's public functions.
  ///   - givesOwner: a person's own job is to belong to whom it belonged to. A policy belongs to its relation's owner.
  /// - Returns: nil for a policy that isn't known.
  func making(schema: Identifier, on target: Capabilities, givesOwner: Bool) -> [SQL]? {
    guard isPolicy else {
      let making = [adding(schema: schema), altering(schema: schema)]
      return givesOwner ? ["SET LOCAL ROLE \(job.owner)"] + making + ["RESET ROLE"] : making
    }
    guard let adding = addingPolicy(schema: schema, on: target) else { return nil }
    return [adding, altering(schema: schema)]
  }

  private func adding(schema: Identifier) -> SQL {
    let (identity, schedule) = (job.identity, job.schedule)
    let config: SQL = identity.config.map { "\($0)::jsonb" } ?? "NULL"
    let check: SQL = check.map { ", check_config => \($0.description)::regproc" } ?? ""
    return """
      SELECT FROM \(schema).add_job(\(identity.procedure.description)::regproc, interval \(schedule.interval),
        config => \(config), initial_start => \(schedule.initialStart)::timestamptz, scheduled => \(job.isScheduled),
        fixed_schedule => \(schedule.isFixed), timezone => \(schedule.timezone)\(check))
      """
  }

  private func addingPolicy(schema: Identifier, on target: Capabilities) -> SQL? {
    guard let relation = job.identity.relation else { return nil }
    var interval = true
    let call: SQL
    switch job.identity.procedure.name.name {
    case "policy_retention":
      call =
        "add_retention_policy(\(relation.description)::regclass\(age("drop_after", "drop_created_before"))"
    case "policy_compression":
      call =
        "add_compression_policy(\(relation.description)::regclass\(age("compress_after", "compress_created_before"))"
    case "policy_refresh_continuous_aggregate":
      let (start, end) = (argument("start_offset") ?? "NULL", argument("end_offset") ?? "NULL")
      call = """
        add_continuous_aggregate_policy(\(relation.description)::regclass, start_offset => \(start), end_offset => \(end)
        """
    case "policy_reorder":
      guard let index = text("index_name") else { return nil }
      interval = false
      call = "add_reorder_policy(\(relation.description)::regclass, \(index)"
    case "policy_compaction":
      guard target.canCompressDirectly else { return nil }
      call = "add_compaction_policy(\(relation.description)::regclass"
    default: return nil
    }
    let schedule: SQL = interval ? ", schedule_interval => interval \(job.schedule.interval)" : ""
    return """
      SELECT FROM \(schema).\(call)\(schedule),
        initial_start => \(job.schedule.initialStart)::timestamptz, timezone => \(job.schedule.timezone), if_not_exists => true)
      """
  }

  /// By when rows were written, or by when chunks were made.
  private func age(_ after: String, _ createdBefore: String) -> SQL {
    if let value = argument(after) { return ", \(SQL(fromServer: after)) => \(value)" }
    return argument(createdBefore).map { ", \(SQL(fromServer: createdBefore)) => \($0)" } ?? ""
  }

  /// Gives the job that was made last all else that it had, where that isn't so yet.
  private func altering(schema: Identifier) -> SQL {
    let (identity, schedule) = (job.identity, job.schedule)
    let config: SQL = identity.config.map { "coalesce(j.config, '{}') || \($0)::jsonb" } ?? "j.config"
    return """
      SELECT FROM \(BackgroundJob.table) AS j CROSS JOIN LATERAL \(schema).alter_job(j.id,
        schedule_interval => interval \(schedule.interval), max_runtime => interval \(schedule.maxRuntime),
        max_retries => \(schedule.maxRetries)::integer, retry_period => interval \(schedule.retryPeriod),
        scheduled => \(job.isScheduled), config => \(config), timezone => \(schedule.timezone)) AS a
      WHERE j.id = (SELECT max(m.id) FROM \(BackgroundJob.table) AS m
          WHERE m.proc_schema = \(identity.procedure.schema.name) AND m.proc_name = \(identity.procedure.name.name)\(ofRelation))
        AND (j.schedule_interval, j.max_runtime, j.max_retries, j.retry_period, j.scheduled, j.config)
          IS DISTINCT FROM (interval \(schedule.interval), interval \(schedule.maxRuntime), \(schedule.maxRetries)::integer,
            interval \(schedule.retryPeriod), \(job.isScheduled), \(config))
      """
  }

  private var ofRelation: SQL {
    guard let relation = job.identity.relation else { return "" }
    return """
       AND m.hypertable_id = (SELECT coalesce(
          (SELECT a.mat_hypertable_id FROM _timescaledb_catalog.continuous_agg AS a
            WHERE a.user_view_schema = \(relation.schema.name) AND a.user_view_name = \(relation.name.name)),
          (SELECT h.id FROM _timescaledb_catalog.hypertable AS h
            WHERE h.schema_name = \(relation.schema.name) AND h.table_name = \(relation.name.name))))
      """
  }
}
