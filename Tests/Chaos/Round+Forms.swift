import TestServers

/// What changes how the source stores chunks, and no row.
extension Round {
  /// A chunk of the source that may change form.
  private struct Form {
    let chunk: String
    let table: String
    /// The chunk that follows it in time.
    let next: String?
  }

  /// Changes a chunk that is still to be copied: what was copied before, nobody feels.
  ///
  /// - Returns: whether it has another form than before.
  func reform(_ fault: Fault) throws -> Bool {
    switch fault {
    case .compress(let number, let keepingHeap):
      let behaviour =
        keepingHeap ? "SET timescaledb.compress_truncate_behaviour = 'truncate_disabled';" : ""
      return try reform(number, "NOT is_compressed") { "\(behaviour) SELECT compress_chunk(\($0.chunk))" }
    case .recompress(let number):
      return try reform(number, "\(Self.status) & 8 > 0") { "SELECT compress_chunk(\($0.chunk))" }
    case .decompress(let number):
      return try reform(number, "is_compressed") { "SELECT decompress_chunk(\($0.chunk))" }
    case .mergeChunks(let number):
      return try reform(number, "true") { form in
        form.next.map { "CALL merge_chunks(\(form.chunk), \($0))" }
      }
    case .rollUp(let number):
      // Compressing puts a chunk to the one before, where both together aren't longer than this.
      return try reform(number, "is_compressed AND hypertable_name IN ('packed', 'partly')") { form in
        """
        ALTER TABLE \(form.table) SET (timescaledb.compress_chunk_time_interval = '3 hours');
        SELECT decompress_chunk(\(form.next ?? form.chunk)); SELECT compress_chunk(\(form.next ?? form.chunk))
        """
      }
    case .vacuumFull(let number):
      // Its form stays; its file doesn't.
      guard let form = try uncopied("true", number) else { return false }
      _ = try onSource("VACUUM FULL \(try source.value("SELECT \(form.chunk)") ?? "")")
      return true
    default: return false
    }
  }

  private static let status =
    "_timescaledb_functions.chunk_status(format('%I.%I', chunk_schema, chunk_name)::regclass)"

  private func reform(
    _ number: Int, _ condition: String, _ statement: (Form) -> String?
  ) throws -> Bool {
    guard let form = try uncopied(condition, number), let sql = statement(form) else { return false }
    let forms = """
      SELECT chunk_name, range_start, range_end, \(Self.status) FROM timescaledb_information.chunks
      WHERE hypertable_name = '\(form.table)' ORDER BY 1
      """
    let before = try source.query(forms)
    // Whatever comes of it, chunks may no longer be what they were.
    report.reforms += 1
    _ = try onSource(sql)
    return try source.query(forms) != before
  }

  /// One of the source's chunks of which a task isn't copied.
  private func uncopied(_ condition: String, _ number: Int) throws -> Form? {
    let waiting = Set(
      try target.query("SELECT DISTINCT chunk_name FROM __backfill.task WHERE worked IS NULL").map { $0[0] })
    let tables = Ground.reformed.map(quotedLiteral).joined(separator: ", ")
    let found = try source.query(
      """
      SELECT chunk_name, quote_literal(format('%I.%I', chunk_schema, chunk_name)) || '::regclass', hypertable_name,
        (SELECT quote_literal(format('%I.%I', n.chunk_schema, n.chunk_name)) || '::regclass'
          FROM timescaledb_information.chunks AS n
          WHERE n.hypertable_name = c.hypertable_name AND n.range_start = c.range_end)
      FROM timescaledb_information.chunks AS c
      WHERE hypertable_name IN (\(tables)) AND range_end <= '2024-01-01 05:00Z' AND \(condition)
      ORDER BY hypertable_name, range_start
      """
    ).filter { waiting.contains($0[0]) }
    guard !found.isEmpty, let chunk = found[number % found.count][1],
      let table = found[number % found.count][2]
    else { return nil }
    return Form(chunk: chunk, table: table, next: found[number % found.count][3])
  }

  /// Waits for no lock longer than the program's next fault may.
  func onSource(_ statement: String) throws -> [[String?]] {
    let session = try source.session(limit: .seconds(60))
    try session.execute("SET lock_timeout = '1s'")
    return try session.query(statement)
  }
}
