extension Dataset {
  /// The empty hypertable, the same on source and target.
  var tableSQL: String {
    """
    CREATE TABLE m (\(columns.definition));
    SELECT create_hypertable('m', 'time', chunk_time_interval => interval '\(chunkSeconds) seconds',
      create_default_indexes => false);
    \(indexes.map { "CREATE INDEX ON m \($0);" }.joined(separator: "\n"))
    \(isCompressed ? Self.compressionSQL : "")
    """
  }

  private static let compressionSQL = """
    ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = 'device',
      timescaledb.compress_orderby = 'time');
    """

  /// The rows of some of the chunks, the same at every run, in the order in which a table of measurements gets them.
  func fillSQL(chunks: Range<Int>) -> String {
    """
    SELECT setseed(0.5);
    INSERT INTO m SELECT \(columns.expressions)
    FROM generate_series(\(start + chunks.lowerBound * chunkSeconds),
      \(start + chunks.upperBound * chunkSeconds - 1), \(step)) AS s, generate_series(1, \(devices)) AS d
    ORDER BY s, d
    """
  }

  static let compressSQL = "SELECT count(compress_chunk(c)) FROM show_chunks('m') AS c"

  /// Makes some of the chunks without a row, where they are not there yet.
  func makeChunksSQL(_ chunks: Range<Int>) -> String {
    """
    SELECT count(*)
    FROM generate_series(\(start + chunks.lowerBound * chunkSeconds)::bigint,
        \(start + chunks.upperBound * chunkSeconds - 1), \(chunkSeconds)) AS s,
      _timescaledb_functions.create_chunk('m', jsonb_build_object('time',
        jsonb_build_array(1000000 * s, 1000000 * (s + \(chunkSeconds)))))
    """
  }

  /// The chunks with their times, in order of time.
  static let listSQL = """
    SELECT range_start, format('%I.%I', chunk_schema, chunk_name)
    FROM timescaledb_information.chunks WHERE hypertable_name = 'm' ORDER BY range_start
    """
}

extension Dataset.Columns {
  fileprivate var definition: String {
    switch self {
    case .wide: "time timestamptz NOT NULL, device int NOT NULL, a float8, b float8, c int, d text"
    case .narrow: "time timestamptz NOT NULL, device int NOT NULL, value float8"
    }
  }

  fileprivate var expressions: String {
    switch self {
    case .wide: "to_timestamp(s), d, random(), d * 1.5, d, 'device ' || d"
    case .narrow: "to_timestamp(s), d, random()"
    }
  }
}
