public import Postgres

/// What a server's statistics say of a chunk's rows. Reads catalogs, and none of the rows.
public struct ChunkStatistics: Sendable {
  public let name: QualifiedName
  public let hypertable: QualifiedName
  public let slices: [Identifier: Dimension.Range]
  public let estimate: Estimate

  public struct Estimate: Sendable, Equatable {
    /// nil where there are no statistics.
    public var rows: Double?
    /// Not ANALYZE says so, but what TimescaleDB noted when it compressed the chunk.
    public var isNoted: Bool
    /// So many rows were changed since ANALYZE that autovacuum would run it again by its defaults.
    public var isStale: Bool

    public init(rows: Double?, isNoted: Bool = false, isStale: Bool = false) {
      self.rows = rows
      self.isNoted = isNoted
      self.isStale = isStale
    }
  }

  /// Statistics of one relation.
  struct Counts: Equatable {
    /// pg_class.reltuples; negative where it was never analyzed.
    var tuples: Double
    var changes: Int64
    /// The relation's file has no bytes, so it has no rows.
    var isEmpty: Bool

    var known: Double? { isEmpty ? 0 : tuples < 0 ? nil : tuples }

    var isStale: Bool { !isEmpty && tuples >= 0 && Double(changes) > 50 + tuples / 10 }
  }

  /// Statistics of a chunk's batches.
  struct Batches: Equatable {
    var counts: Counts
    /// Rows of a batch; nil where ANALYZE didn't find out.
    var averageRows: Double?
    /// compression_chunk_size: what it was when the chunk was compressed; 0 where that isn't known.
    var notedRows: Double
    var notedBatches: Double
  }

  /// Statistics that ANALYZE made come before TimescaleDB's notes, which no later change corrects, and which may be
  /// another database's (`CompressionSizes.record`).
  ///
  /// - Parameters:
  ///   - heap: of the chunk's own relation.
  ///   - batches: nil where the chunk isn't compressed.
  ///   - isPartial: there are rows beside the batches.
  static func estimate(_ heap: Counts, _ batches: Batches?, isPartial: Bool) -> Estimate {
    guard let batches else { return Estimate(rows: heap.known, isStale: heap.isStale) }
    let (inBatches, isNoted) = rows(in: batches)
    let beside = isPartial ? heap.known : 0
    return Estimate(
      rows: inBatches.flatMap { rows in beside.map { rows + $0 } }, isNoted: isNoted,
      isStale: batches.counts.isStale || isPartial && heap.isStale)
  }

  private static func rows(in batches: Batches) -> (rows: Double?, isNoted: Bool) {
    let average =
      batches.averageRows ?? (batches.notedBatches > 0 ? batches.notedRows / batches.notedBatches : nil)
    if let known = batches.counts.known {
      if known == 0 { return (0, false) }
      if let average, average > 0 { return (known * average, false) }
    }
    return batches.notedRows > 0 ? (batches.notedRows, true) : (nil, false)
  }

  /// Of all chunks of some hypertables that are in this database.
  ///
  /// - Throws: `PostgresError`.
  public static func all(
    of hypertables: Set<QualifiedName>, capabilities: Capabilities, on connection: borrowing Connection
  ) throws(PostgresError) -> [ChunkStatistics] {
    guard !hypertables.isEmpty else { return [] }
    let names = hypertables.map { "(\($0.schema.name), \($0.name.name))" as SQL }
    return try connection.query(
      question(names.joined(separator: ", "), capabilities), doing: "reading statistics"
    ) { row throws(PostgresError) in try ChunkStatistics(row) }
  }

  private static func question(_ hypertables: SQL, _ capabilities: Capabilities) -> SQL {
    """
    SELECT c.schema_name, c.table_name, h.schema_name AS hypertable_schema, h.table_name AS hypertable_name,
      s.columns, s.starts, s.ends, c.status & 8 <> 0 AS is_partial,
      r.reltuples::text AS tuples, coalesce(pg_stat_get_mod_since_analyze(r.oid), 0) AS changes,
      coalesce(pg_relation_size(r.oid), 0) = 0 AS is_empty,
      c.compressed_name IS NOT NULL AS is_compressed, zr.reltuples::text AS batches,
      coalesce(pg_stat_get_mod_since_analyze(zr.oid), 0) AS batch_changes,
      coalesce(pg_relation_size(zr.oid), 0) = 0 AS has_no_batches, b.average::text AS average,
      coalesce(k.numrows_pre_compression, 0) AS noted_rows, coalesce(k.numrows_post_compression, 0) AS noted_batches
    FROM (\(capabilities.chunks)) AS c
    JOIN _timescaledb_catalog.hypertable AS h ON h.id = c.hypertable_id
    JOIN pg_class AS r ON r.oid = c.relid
    CROSS JOIN LATERAL (
      SELECT array_agg(d.column_name::text ORDER BY d.id) AS columns, array_agg(s.range_start ORDER BY d.id) AS starts,
        array_agg(s.range_end ORDER BY d.id) AS ends
      FROM (\(capabilities.slices)) AS s JOIN _timescaledb_catalog.dimension AS d ON d.id = s.dimension_id
      WHERE s.chunk_id = c.id
    ) AS s
    LEFT JOIN pg_namespace AS zn ON zn.nspname = c.compressed_schema
    LEFT JOIN pg_class AS zr ON zr.relnamespace = zn.oid AND zr.relname = c.compressed_name
    LEFT JOIN LATERAL (\(averageBatch)) AS b ON true
    LEFT JOIN \(CompressionSizes.table) AS k ON k.chunk_id = c.id
    WHERE (h.schema_name, h.table_name) IN (\(hypertables)) AND NOT c.osm_chunk AND s.columns IS NOT NULL
    ORDER BY c.id
    """
  }

  /// The average of _ts_meta_count, from the most common values and, for the rest, the histogram's middles; as
  /// TimescaleDB's planner estimates it (tsl/src/nodes/columnar_scan/columnar_scan.c at 2.29.2).
  private static let averageBatch: SQL = """
    SELECT CASE WHEN m.share IS NOT NULL OR g.middle IS NOT NULL
      THEN coalesce(m.part, 0) + greatest(0, 1 - coalesce(m.share, 0)) * coalesce(g.middle, m.part / m.share) END AS average
    FROM pg_stats AS p
    CROSS JOIN LATERAL (
      SELECT sum(v * f) AS part, sum(f) AS share
      FROM unnest(p.most_common_vals::text::float8[], p.most_common_freqs::float8[]) AS x (v, f)
    ) AS m
    CROSS JOIN LATERAL (
      SELECT avg((v + next) / 2) AS middle
      FROM (
        SELECT v, lead(v) OVER (ORDER BY n) AS next
        FROM unnest(p.histogram_bounds::text::float8[]) WITH ORDINALITY AS x (v, n)) AS x
      WHERE next IS NOT NULL
    ) AS g
    WHERE p.schemaname = c.compressed_schema AND p.tablename = c.compressed_name AND p.attname = '_ts_meta_count'
    LIMIT 1
    """
}

extension ChunkStatistics {
  private init(_ row: Row) throws(PostgresError) {
    name = try row.name("schema_name", "table_name")
    hypertable = try row.name("hypertable_schema", "hypertable_name")
    let ranges = zip(try row.integers("starts"), try row.integers("ends")).map {
      Dimension.Range(lower: $0, upper: $1)
    }
    slices = Dictionary(
      zip(try row.texts("columns").map(Identifier.init), ranges), uniquingKeysWith: { first, _ in first })
    func number(_ column: StaticString) throws(PostgresError) -> Double? {
      try row.optionalText(column).flatMap(Double.init)
    }
    let heap = Counts(
      tuples: try number("tuples") ?? -1, changes: try row.integer("changes"),
      isEmpty: try row.flag("is_empty"))
    var batches: Batches?
    if try row.flag("is_compressed") {
      batches = Batches(
        counts: Counts(
          tuples: try number("batches") ?? -1, changes: try row.integer("batch_changes"),
          isEmpty: try row.flag("has_no_batches")),
        averageRows: try number("average"), notedRows: Double(try row.integer("noted_rows")),
        notedBatches: Double(try row.integer("noted_batches")))
    }
    estimate = Self.estimate(heap, batches, isPartial: try row.flag("is_partial"))
  }
}
