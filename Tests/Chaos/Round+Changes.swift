import TestServers

/// What users do to the databases meanwhile.
extension Round {
  /// - Returns: whether anything is different from before, for the copy too.
  func change(_ fault: Fault) async throws -> Bool {
    switch fault {
    case .lockChunk(let milliseconds): return try await holdChunk(.locking, for: milliseconds)
    case .longRead(let milliseconds): return try await holdChunk(.reading, for: milliseconds)
    case .lockTask(let toTheEnd): return try await lockTask(toTheEnd: toTheEnd)
    case .refreshTarget: return try refreshTarget()
    case .restage(let until): return try await restage(until: until)
    case .lagBehind(let hour): return try await lagBehind(inHour: hour)
    case .dropChunks(let hours):
      let dropped = try onSource(
        "SELECT drop_chunks('retained', older_than => '2024-01-01Z'::timestamptz + interval '\(hours) hours')"
      )
      report.droppedHours = max(report.droppedHours, hours)
      return !dropped.isEmpty
    case .copyAgain(let every):
      let session = try target.session(limit: .seconds(60))
      try session.execute("SET lock_timeout = '500ms'")
      return try !session.query(
        """
        UPDATE __backfill.task SET worked = NULL, verified = NULL
        WHERE worked IS NOT NULL AND priority % \(every) = 0 RETURNING priority
        """
      ).isEmpty
    case .liveWrites(let count):
      for _ in 0..<count { try writeLive() }
      return count > 0
    default: return try reform(fault)
    }
  }

  /// Stages for another window, whose tasks replace those that wait.
  ///
  /// - Returns: whether there were any.
  private func restage(until: String) async throws -> Bool {
    // It isn't done beside a copy.
    try await stopCopying()
    let queue = """
      SELECT count(*), md5(string_agg(concat_ws(' ', chunk_name, lower_bound, upper_bound), ',' ORDER BY priority))
      FROM __backfill.task
      """
    let before = try target.query(queue)
    needsStaging = true
    let outcome = try await backfill.run(Self.staging(until: until), limit: .seconds(120))
    try expectNoCrash(outcome, mayBeKilled: false, mayBeInterrupted: false)
    return try target.query(queue) != before
  }

  private func refreshTarget() throws -> Bool {
    let state = """
      SELECT count(*), sum(n), sum(value),
        (SELECT max(watermark) FROM _timescaledb_catalog.continuous_aggs_watermark),
        (SELECT max(watermark) FROM _timescaledb_catalog.continuous_aggs_invalidation_threshold) FROM hourly
      """
    let before = try target.query(state)
    // Whatever comes of it, what it did first stays.
    report.refreshes += 1
    let session = try target.session(limit: .seconds(60))
    try session.execute("SET lock_timeout = '2s'")
    try session.execute(Ground.refresh)
    return try target.query(state) != before
  }

  private func writeLive() throws {
    for table in Ground.liveTables {
      liveNumber += 1
      // Whether it arrived is known only once the server has said so.
      attempted[table, default: []].insert(liveNumber)
      try target.session(limit: .seconds(60)).execute(Ground.liveRow(table, number: liveNumber))
      acknowledged[table, default: []].insert(liveNumber)
    }
  }
}
