import TestServers

/// The databases that are migrated in every round: some chunks of every kind there is.
enum Ground {
  /// Inside a chunk of every table, so that each has a boundary chunk.
  static let until = "2024-01-01T05:30:00Z"
  static let untilInteger = "5500"

  /// Chunks of `large` have five times as much.
  static let splitSize = "1MB"

  static let tables: [Table] = [
    Table(name: "plain"), Table(name: "packed"), Table(name: "partly"), Table(name: "spaced"),
    Table(name: "typed"), Table(name: "watched"), Table(name: "hourly", time: "bucket"),
    Table(name: "counted", until: untilInteger), Table(name: "large"), Table(name: "tiny"),
    Table(name: "retained", isRetained: true),
  ]

  /// Their chunks may change form on the source.
  static let reformed = ["plain", "packed", "partly"]

  /// Their chunks are staged by time; `counted`'s by number.
  static let filter = "^public[.](?!counted)"

  /// Pushes the OIDs of the target's types out of step with the source's.
  static let decoy = "CREATE TYPE decoy AS ENUM ('sad', 'ok');"

  /// - Parameter tinySpace: the tablespace of `tiny`, where there is one.
  static func schema(tinySpace: String?) -> String {
    """
    CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s "fine"');
    CREATE TYPE pair AS (mood mood, note text);
    \(timed("plain", "time timestamptz NOT NULL, device int, value float8, note text"))
    CREATE INDEX ON plain (device, time);
    \(timed("packed", "time timestamptz NOT NULL, device int, value float8, note text"))
    \(timed("partly", "time timestamptz NOT NULL, device int, value float8, note text, PRIMARY KEY (time, device)"))
    CREATE TABLE spaced (time timestamptz NOT NULL, device int, value float8, note text);
    SELECT create_hypertable('spaced', 'time', 'device', 2, chunk_time_interval => interval '2 hours');
    CREATE INDEX ON spaced (device);
    \(timed("typed", "time timestamptz NOT NULL, mood mood, pairs pair[], doubled int GENERATED ALWAYS AS (2 * length(note)) STORED, note text"))
    \(timed("watched", "time timestamptz NOT NULL, device int, value float8, note text"))
    CREATE MATERIALIZED VIEW hourly WITH (timescaledb.continuous, timescaledb.materialized_only = true) AS
      SELECT time_bucket('30 min', time) AS bucket, device, sum(value) AS value, count(*) AS n
      FROM watched GROUP BY 1, 2 WITH NO DATA;
    SELECT set_chunk_time_interval(
      format('%I.%I', materialization_hypertable_schema, materialization_hypertable_name)::regclass, interval '2 hours')
    FROM timescaledb_information.continuous_aggregates;
    CREATE TABLE counted (time bigint NOT NULL, device int, value float8, note text, UNIQUE (time, device));
    SELECT create_hypertable('counted', 'time', chunk_time_interval => 1000);
    \(timed("large", "time timestamptz NOT NULL, device int, value float8, note text"))
    SELECT set_chunk_time_interval('large', interval '5 hours');
    CREATE INDEX ON large (device, time);
    CREATE TABLE tiny (time timestamptz NOT NULL, device int, value float8, note text)\(tinySpace.map { " TABLESPACE \($0)" } ?? "");
    SELECT create_hypertable('tiny', 'time', chunk_time_interval => interval '1 hour');
    \(timed("retained", "time timestamptz NOT NULL, device int, value float8, note text"))
    \(["plain", "packed", "partly"].map(compression).joined(separator: "\n"))
    """
  }

  private static func timed(_ name: String, _ columns: String) -> String {
    """
    CREATE TABLE \(name) (\(columns));
    SELECT create_hypertable('\(name)', 'time', chunk_time_interval => interval '1 hour');
    """
  }

  private static func compression(_ name: String) -> String {
    "ALTER TABLE \(name) SET (timescaledb.compress, timescaledb.compress_segmentby = 'device', timescaledb.compress_orderby = 'time');"
  }

  /// The source's rows, beyond `until` too.
  static let data = """
    \(["plain", "packed", "partly", "spaced", "watched", "tiny", "retained"].map { rows($0, every: "30 s") }.joined(separator: "\n"))
    INSERT INTO typed (time, mood, pairs, note) SELECT t, 'ok', ARRAY[ROW('it''s "fine"', n)::pair, NULL], n
    FROM (SELECT t, md5(t::text) FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-01 06:00Z', '1 min') AS t) AS s (t, n);
    INSERT INTO counted SELECT i, i % 5, i, md5(i::text) FROM generate_series(0, 6500, 3) AS i;
    INSERT INTO large SELECT t, d, d + 0.5, repeat(md5(t::text || d), 14)
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-01 06:00Z', '18 s') AS t, generate_series(1, 10) AS d;
    SELECT compress_chunk(c) FROM show_chunks('packed') AS c;
    SELECT compress_chunk(c) FROM show_chunks('partly') AS c;
    INSERT INTO partly SELECT t + interval '1 s', 7, 7, 'late'
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-01 05:00Z', '7 min') AS t;
    """

  /// Can't be run together with other statements.
  static let refresh = "CALL refresh_continuous_aggregate('hourly', NULL, '2024-01-01 05:30Z')"

  private static func rows(_ table: String, every interval: String) -> String {
    """
    INSERT INTO \(table) SELECT t, d, extract(epoch FROM t) / d, md5(t::text || d)
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-01 06:00Z', '\(interval)') AS t, generate_series(1, 2) AS d;
    """
  }

  /// What both databases' applications write to the target meanwhile, each row known by its number.
  static let liveTables = ["plain", "partly", "spaced", "watched", "large"]

  static func liveRow(_ table: String, number: Int) -> String {
    """
    INSERT INTO \(table) (time, device, value, note)
    VALUES (timestamptz '2024-01-01 05:30Z' + \(number) * interval '1.7 s', 100 + \(number) % 3, \(number), 'live')
    """
  }
}
