import TestServers

/// The databases that are migrated in every round: some chunks of every kind that the edition has.
struct Ground: Sendable {
  /// Whether there are compressed chunks and continuous aggregates.
  let isCommunity: Bool

  /// Inside a chunk of every table, so that each has a boundary chunk.
  static let until = "2024-01-01T05:30:00Z"
  static let untilInteger = "5500"
  /// At the end of a chunk, and inside one.
  static let earlierEnds = ["01:00", "02:40", "05:00", "05:10"].map { "2024-01-01T\($0):00Z" }

  /// Chunks of `large` have five times as much.
  static let splitSize = "1MB"

  var tables: [Table] {
    [
      Table(name: "plain"), Table(name: "packed"), Table(name: "partly"), Table(name: "named"),
      Table(name: "spaced"),
      Table(name: "typed"), Table(name: "watched"), Table(name: "counted", until: Self.untilInteger),
      Table(name: "large"), Table(name: "tiny"), Table(name: "retained", isRetained: true),
    ] + (isCommunity ? [Table(name: "hourly", time: "bucket")] : [])
  }

  /// Their chunks may change form on the source.
  static let reformed = ["plain", "packed", "partly", "named"]

  /// Their chunks are staged by time; `counted`'s by number.
  static let filter = "^public[.](?!counted)"

  /// Pushes the OIDs of the target's types out of step with the source's.
  static let decoy = "CREATE TYPE decoy AS ENUM ('sad', 'ok');"

  /// - Parameter tinySpace: the tablespace of `tiny`, where there is one.
  func schema(tinySpace: String?) -> String {
    """
    CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s "fine"');
    CREATE TYPE pair AS (mood mood, note text);
    \(Self.timed("plain", "time timestamptz NOT NULL, device int, value float8, note text"))
    CREATE INDEX ON plain (device, time);
    CREATE INDEX ON plain (note);
    \(Self.timed("packed", "time timestamptz NOT NULL, device int, value float8, note text"))
    CREATE INDEX ON packed (note);
    \(Self.timed("partly", "time timestamptz NOT NULL, device int, value float8, note text, PRIMARY KEY (time, device)"))
    \(Self.timed("named", "time timestamptz NOT NULL, device int, value float8, note text, name text"))
    CREATE INDEX ON named (note);
    CREATE TABLE spaced (time timestamptz NOT NULL, device int, value float8, note text);
    SELECT create_hypertable('spaced', 'time', 'device', 2, chunk_time_interval => interval '2 hours');
    CREATE INDEX ON spaced (device);
    \(Self.timed("typed", "time timestamptz NOT NULL, mood mood, pairs pair[], doubled int GENERATED ALWAYS AS (2 * length(note)) STORED, note text"))
    \(Self.timed("watched", "time timestamptz NOT NULL, device int, value float8, note text"))
    \(isCommunity ? Self.aggregate : "")
    CREATE TABLE counted (time bigint NOT NULL, device int, value float8, note text, UNIQUE (time, device));
    SELECT create_hypertable('counted', 'time', chunk_time_interval => 1000);
    \(Self.timed("large", "time timestamptz NOT NULL, device int, value float8, note text"))
    SELECT set_chunk_time_interval('large', interval '5 hours');
    CREATE INDEX ON large (device, time);
    CREATE TABLE tiny (time timestamptz NOT NULL, device int, value float8, note text)\(tinySpace.map { " TABLESPACE \($0)" } ?? "");
    SELECT create_hypertable('tiny', 'time', chunk_time_interval => interval '1 hour');
    \(Self.timed("retained", "time timestamptz NOT NULL, device int, value float8, note text"))
    \(isCommunity ? Self.reformed.map(Self.compression).joined(separator: "\n") : "")
    SELECT set_chunk_time_interval('typed', interval '2 hours');
    SELECT set_chunk_time_interval('tiny', interval '2 hours');
    """
  }

  private static let aggregate = """
    CREATE MATERIALIZED VIEW hourly WITH (timescaledb.continuous, timescaledb.materialized_only = true) AS
      SELECT time_bucket('30 min', time) AS bucket, device, sum(value) AS value, count(*) AS n
      FROM watched GROUP BY 1, 2 WITH NO DATA;
    SELECT set_chunk_time_interval(
      format('%I.%I', materialization_hypertable_schema, materialization_hypertable_name)::regclass, interval '2 hours')
    FROM timescaledb_information.continuous_aggregates;
    """

  private static func timed(_ name: String, _ columns: String) -> String {
    """
    CREATE TABLE \(name) (\(columns));
    SELECT create_hypertable('\(name)', 'time', chunk_time_interval => interval '1 hour');
    """
  }

  private static func compression(_ name: String) -> String {
    """
    ALTER TABLE \(name) SET (timescaledb.compress, timescaledb.compress_segmentby = '\(name == "named" ? "" : "device")',
      timescaledb.compress_orderby = '\(name == "named" ? "name, time" : "time")');
    """
  }

  /// The source's rows, beyond `until` too.
  var data: String {
    """
    \(["plain", "packed", "partly", "spaced", "watched", "tiny", "retained"].map { Self.rows($0, every: "30 s") }.joined(separator: "\n"))
    \(Self.names)
    INSERT INTO typed (time, mood, pairs, note) SELECT t, 'ok', ARRAY[ROW('it''s "fine"', n)::pair, NULL], n
    FROM (SELECT t, md5(t::text) FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-01 06:00Z', '1 min') AS t) AS s (t, n);
    INSERT INTO counted SELECT i, i % 5, i, md5(i::text) FROM generate_series(0, 6500, 3) AS i;
    INSERT INTO large SELECT t, d, d + 0.5, repeat(md5(t::text || d), 14)
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-01 06:00Z', '18 s') AS t, generate_series(1, 10) AS d;
    \(isCommunity ? Self.compressing : "")
    INSERT INTO partly SELECT t + interval '1 s', 7, 7, 'late'
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-01 05:00Z', '7 min') AS t;
    """
  }

  private static let compressing = """
    SELECT compress_chunk(c) FROM show_chunks('packed') AS c;
    SELECT compress_chunk(c) FROM show_chunks('partly') AS c;
    SELECT compress_chunk(c) FROM show_chunks('named') AS c;
    """

  /// Text that collations sort in different ways, and encodings write in different bytes.
  private static let names = """
    INSERT INTO named SELECT t, d, d, 'nä' || extract(epoch FROM t)::bigint / 30 % 40,
      (ARRAY['a', 'B', 'ä', 'Z', 'zebra', 'Äpfel', '_x', '9'])[1 + extract(epoch FROM t)::bigint / 30 % 8]
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-01 06:00Z', '30 s') AS t, generate_series(1, 2) AS d;
    """

  /// Makes the target's chunks of some tables, empty, which the Apache edition has no function for. Those of the others
  /// come with their rows.
  static let targetChunks =
    ["plain", "packed", "partly", "spaced", "watched"].map {
      rows($0, every: "10 min") + "DELETE FROM \($0);"
    }
    .joined(separator: "\n") + """
      INSERT INTO counted SELECT i FROM generate_series(0, 6500, 500) AS i;
      DELETE FROM counted;
      INSERT INTO large VALUES ('2024-01-01 00:30Z'), ('2024-01-01 05:30Z');
      DELETE FROM large;
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

  /// The number of a live row, as an expression; -1 for a row that is none, or isn't whole.
  static let liveNumber = """
    CASE WHEN note = 'live' AND device = 100 + value::int % 3
      AND time = timestamptz '2024-01-01 05:30Z' + value * interval '1.7 s' THEN value::int ELSE -1 END
    """

  static func liveRow(_ table: String, number: Int) -> String {
    """
    INSERT INTO \(table) (time, device, value, note)
    VALUES (timestamptz '2024-01-01 05:30Z' + \(number) * interval '1.7 s', 100 + \(number) % 3, \(number), 'live')
    """
  }
}
