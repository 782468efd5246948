import TestServers

extension MatrixCase {
  /// What columns may be like.
  static let columns: [MatrixCase] = [
    .init(
      name: "all_types", isForEveryEdition: true, tables: [MatrixTable(segment: nil)],
      schema: """
        CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
        CREATE DOMAIN percent AS numeric CHECK (VALUE BETWEEN 0 AND 100);
        CREATE TABLE m (time timestamptz NOT NULL, dev uuid NOT NULL, a int[], b text[][], c jsonb, d json, e numeric,
          f numeric(12, 3), g bool, h mood, i percent, j int2, k float4, l bytea, m interval, n inet, o date, p timestamp,
          q char(9), r varchar(20), s int4range, t bit varying, u timetz, v point, w "char", x name, y money);
        SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
        ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = 'dev',
          timescaledb.compress_orderby = 'time, e DESC');
        """,
      data: """
        INSERT INTO m SELECT t, md5((i % 3)::text)::uuid, ARRAY[i, NULL, -i], ARRAY[[t::text, NULL], ['"', '{}']],
          jsonb_build_object('i', i, 'n', NULL, 'a', ARRAY[1.50, i]), json_build_object('i', i, 'x', 'é'), i / 7.0,
          CASE WHEN i % 5 = 0 THEN NULL WHEN i % 11 = 0 THEN 'NaN'::numeric ELSE i * 1.125 END, i % 2 = 0,
          (ARRAY['sad', 'ok', 'happy', NULL])[i % 4 + 1]::mood, i % 101, i, i / 3.0,
          decode(md5(i::text), 'hex'), make_interval(months => i, secs => i / 3.0), ('10.0.0.' || i % 256)::inet,
          CASE WHEN i % 9 = 0 THEN 'infinity'::date ELSE t::date END, t, 'c' || i, E'tab\\t\\\\' || i,
          int4range(i, i + 5), i::bit(12), t::timetz, point(i, -i), chr(65 + i % 26)::"char", 'n' || i,
          i::money
        FROM generate_series('2024-01-02Z'::timestamptz, '2024-01-03 23:50Z', '10 min') WITH ORDINALITY AS g (t, n),
          LATERAL (SELECT n::int) AS c (i);

        \(compressAll)

        INSERT INTO m (time, dev, h, s) VALUES ('2024-01-02 00:05Z', gen_random_uuid(), 'ok', 'empty')
        """),
    .init(
      name: "types_of_the_user", isForEveryEdition: true, tables: [MatrixTable(segment: nil)],
      schema: """
        CREATE TYPE mood AS ENUM ('sad', 'happy');
        CREATE TYPE place AS (x int, y text, m mood);
        CREATE TABLE m (time timestamptz NOT NULL, dev int, a place, b mood[], c place[], d mood);
        SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
        ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = 'dev, d');
        """,
      data: """
        INSERT INTO m SELECT t, i % 3, ROW(i, 'y' || i, 'sad')::place, ARRAY['happy', 'sad']::mood[],
          ARRAY[ROW(i, NULL, 'happy')::place, NULL], CASE WHEN i % 2 = 0 THEN 'sad'::mood END
        FROM generate_series('2024-01-02Z'::timestamptz, '2024-01-03 23:50Z', '10 min') WITH ORDINALITY AS g (t, n),
          LATERAL (SELECT n::int) AS c (i);

        \(compressAll)

        INSERT INTO m (time, dev, b) VALUES ('2024-01-02 00:05Z', 7, '{sad}')
        """),
    .init(
      name: "no_binary_form", isForEveryEdition: true, tables: [MatrixTable(segment: nil)],
      schema: """
        CREATE TABLE m (time timestamptz NOT NULL, dev int, a aclitem, b aclitem[], txt text);
        SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
        ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = 'dev');
        """,
      data: """
        INSERT INTO m SELECT t, d, makeaclitem('app'::regrole, 'app'::regrole, 'SELECT', d > 1), '{app=r/app}', t::text
        FROM generate_series('2024-01-02Z'::timestamptz, '2024-01-03 23:50Z', '10 min') AS t, generate_series(1, 2) AS d;

        SELECT compress_chunk(c) FROM show_chunks('m') AS c ORDER BY c LIMIT 1
        """, expected: .asOnSourceButRecompressed, remark: "compressed anew"),
    .init(
      name: "no_binary_form_itself", isForEveryEdition: true, tables: [MatrixTable(segment: nil)],
      schema: """
        CREATE TABLE m (time timestamptz NOT NULL, dev int, a aclitem);
        SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
        ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = 'dev');
        """,
      data: """
        INSERT INTO m SELECT t, d, makeaclitem('app'::regrole, 'app'::regrole, 'SELECT', d > 1)
        FROM generate_series('2024-01-02Z'::timestamptz, '2024-01-03 23:50Z', '10 min') AS t, generate_series(1, 2) AS d;

        SELECT compress_chunk(c) FROM show_chunks('m') AS c ORDER BY c LIMIT 1

        INSERT INTO m SELECT '2024-01-02 00:05Z', 1, a FROM m LIMIT 1
        """),
    .init(
      name: "references_to_the_catalog", isForEveryEdition: true, tables: [MatrixTable(segment: nil)],
      schema: """
        CREATE TABLE m (time timestamptz NOT NULL, dev int, a regclass, b regtype[]);
        CREATE TYPE mood AS ENUM ('sad', 'happy');
        SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
        ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = 'dev');
        """,
      data: """
        INSERT INTO m SELECT t, d, 'm'::regclass, '{mood, int4}'
        FROM generate_series('2024-01-02Z'::timestamptz, '2024-01-03 23:50Z', '10 min') AS t, generate_series(1, 2) AS d;

        SELECT compress_chunk(c) FROM show_chunks('m') AS c ORDER BY c LIMIT 1
        """, expected: .asOnSourceButRecompressed, remark: "compressed anew"),
    .init(
      name: "odd_columns", isForEveryEdition: true, tables: [MatrixTable(time: "\"the time\"", segment: nil)],
      schema: """
        CREATE TABLE m ("the time" timestamptz NOT NULL, "DEV ""1"" x" int NOT NULL,
          double int GENERATED ALWAYS AS ("DEV ""1"" x" * 2) STORED, n bigint GENERATED ALWAYS AS IDENTITY,
          "select" text DEFAULT 'x' CHECK ("select" <> ''));
        SELECT create_hypertable('m', 'the time', chunk_time_interval => interval '1 day');
        ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = '"DEV ""1"" x"',
          timescaledb.compress_orderby = '"the time" DESC');
        """,
      data: """
        INSERT INTO m ("the time", "DEV ""1"" x") SELECT t, d
        FROM generate_series('2024-01-02Z'::timestamptz, '2024-01-03 23:50Z', '10 min') AS t, generate_series(1, 2) AS d;

        SELECT compress_chunk(c) FROM show_chunks('m') AS c ORDER BY c LIMIT 1
        """),
    .init(
      name: "int_time", isForEveryEdition: true, tables: [MatrixTable(type: .integer)],
      schema: integers("bigint"),
      data: integerRows("bigint")),
    .init(
      name: "int_time_small", isForEveryEdition: true, tables: [MatrixTable(type: .integer)],
      schema: integers("smallint"),
      data: integerRows("smallint")),
    .init(name: "date_time", isForEveryEdition: true, schema: times("date"), data: partial(step: "1 day")),
    .init(
      name: "timestamp_time", isForEveryEdition: true, schema: times("timestamp"),
      data: partial(step: "10 min")),
  ]

  /// Times out of UUIDv7, which chunks are cut by from 2.22 on.
  static let uuids = MatrixCase(
    name: "uuid_time", versions: TimescaleVersion(2, 22, 0) ... .newest,
    tables: [MatrixTable(type: .uuid)],
    schema: """
      CREATE TABLE m (time uuid NOT NULL, dev int NOT NULL, val int, txt text);
      SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
      \(alter(segmentBy: "dev", orderBy: "time DESC"))
      """,
    data: """
      INSERT INTO m SELECT to_uuidv7(t), d, -d, md5(t::text || d)
      FROM generate_series('2024-01-02Z'::timestamptz, '2024-01-03 23:50Z', '10 min') AS t, generate_series(1, 3) AS d;

      SELECT compress_chunk(c) FROM show_chunks('m') AS c ORDER BY c LIMIT 1

      INSERT INTO m VALUES (to_uuidv7('2024-01-02 00:00:01Z'), 2, 3, 'late')
      """)

  private static func integers(_ type: String) -> String {
    """
    CREATE TABLE m (time \(type) NOT NULL, dev int NOT NULL, txt text);
    SELECT create_hypertable('m', 'time', chunk_time_interval => 100);
    ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = 'dev');
    """
  }

  private static func integerRows(_ type: String) -> String {
    """
    INSERT INTO m SELECT t, d, md5(t::text || d) FROM generate_series(-150, 149) AS t, generate_series(1, 3) AS d;

    SELECT compress_chunk(c) FROM show_chunks('m', older_than => 100::\(type)) AS c;

    INSERT INTO m VALUES (-120, 2, 'late'), (0, 3, 'late')
    """
  }

  private static func times(_ type: String) -> String {
    """
    CREATE TABLE m (time \(type) NOT NULL, dev int NOT NULL, val int, txt text);
    SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
    ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = 'dev');
    """
  }

  private static func partial(step: String) -> String {
    """
    INSERT INTO m SELECT t, d, -d, md5(t::text || d)
    FROM generate_series('2024-01-02'::timestamp, '2024-01-03 23:50', '\(step)') AS t, generate_series(1, 3) AS d;

    SELECT compress_chunk(c) FROM show_chunks('m') AS c ORDER BY c LIMIT 1

    INSERT INTO m VALUES ('2024-01-02', 2, 3, 'late')
    """
  }
}
