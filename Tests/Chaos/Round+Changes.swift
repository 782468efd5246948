import TestServers

/// What users do to the databases meanwhile.
extension Round {
  /// - Returns: whether anything is different from before.
  func change(_ fault: Fault) async throws -> Bool {
    switch fault {
    case .lockChunk(let milliseconds): return try await lockChunk(for: milliseconds)
    case .dropChunks(let hours):
      let dropped = try onSource(
        "SELECT drop_chunks('retained', older_than => '2024-01-01Z'::timestamptz + interval '\(hours) hours')"
      )
      report.droppedHours = max(report.droppedHours, hours)
      return !dropped.isEmpty
    case .compress(let table, let chunk): return try reform("compress_chunk", chunk, of: table)
    case .decompress(let table, let chunk): return try reform("decompress_chunk", chunk, of: table)
    case .vacuumFull(let table, let chunk):
      guard let name = try source.value("SELECT \(chosen(chunk, of: table))") else { return false }
      _ = try onSource("VACUUM FULL \(name)")
      return true
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
    default: return false
    }
  }

  private func lockChunk(for milliseconds: Int) async throws -> Bool {
    let session = try target.session(limit: .seconds(60))
    try session.execute("BEGIN; SET LOCAL lock_timeout = '400ms'")
    let chunk =
      try session.query("SELECT c FROM show_chunks('large') AS c ORDER BY c LIMIT 1").first?.first ?? nil
    try session.execute("LOCK TABLE \(chunk ?? "large") IN ACCESS EXCLUSIVE MODE")
    let observer = try target.session(limit: .seconds(60))
    let deadline = ContinuousClock.now + .milliseconds(milliseconds)
    var hit = false
    repeat {
      try await Task.sleep(for: .milliseconds(20))
      hit =
        try hit
        || observer.query("SELECT FROM pg_locks WHERE NOT granted AND relation IS NOT NULL").count > 0
    } while ContinuousClock.now < deadline
    try session.execute("ROLLBACK")
    return hit
  }

  /// - Returns: whether the chunk had another form before.
  private func reform(_ function: String, _ chunk: Int, of table: Int) throws -> Bool {
    let status = "SELECT _timescaledb_functions.chunk_status(\(chosen(chunk, of: table)))"
    let before = try source.value(status)
    // Whatever comes of it, chunks may no longer be what they were.
    report.reforms += 1
    _ = try onSource("SELECT \(function)(\(chosen(chunk, of: table)))")
    return try source.value(status) != before
  }

  /// Waits for no lock longer than the program's next fault may.
  private func onSource(_ statement: String) throws -> [[String?]] {
    let session = try source.session(limit: .seconds(60))
    try session.execute("SET lock_timeout = '400ms'")
    return try session.query(statement)
  }

  private func chosen(_ chunk: Int, of table: Int) -> String {
    """
    (SELECT (array_agg(c ORDER BY c))[1 + \(chunk) % count(*)::int]
    FROM show_chunks('\(Ground.reformed[table])', older_than => '2024-01-01 05:00Z'::timestamptz) AS c)
    """
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
