import TestServers
import Testing

@Suite("Types of the user's own", .needsServer) struct UserTypeTests {
  private static let source = """
    CREATE SCHEMA kinds;
    CREATE TYPE kinds.mood AS ENUM ('sad', 'ok', 'it''s "fine"');
    CREATE TYPE kinds.pair AS (mood kinds.mood, note text, n int);
    CREATE TYPE kinds.nested AS (first kinds.pair, rest kinds.pair[]);
    CREATE TYPE kinds.moods AS RANGE (subtype = kinds.mood);
    CREATE TYPE kinds.spans AS RANGE (subtype = float8);
    CREATE DOMAIN kinds.positive AS int CHECK (value > 0);
    CREATE DOMAIN kinds.moodlist AS kinds.mood[];
    CREATE TABLE kinds.referred (id int);
    CREATE TABLE typed (time timestamptz NOT NULL, mood kinds.mood, moods kinds.mood[], pair kinds.pair,
      pairs kinds.pair[], nested kinds.nested, mood_range kinds.moods, span kinds.spans, spans kinds.spans[],
      positive kinds.positive, positives kinds.positive[], moodlist kinds.moodlist, relation regclass,
      relations regclass[], granted aclitem, grants aclitem[], procedure regprocedure, own_type regtype,
      cash money, bits bit varying(9), padded char(5), code "char", called name, net cidr, area polygon,
      words tsvector, search tsquery, path jsonpath, place pg_lsn, span_of_time interval, of_day timetz,
      numbers int4multirange, matrix int[]);
    SELECT create_hypertable('typed', 'time', chunk_time_interval => interval '1 day');
    INSERT INTO typed
    SELECT t, 'sad', ARRAY['ok', NULL, 'it''s "fine"']::kinds.mood[], ROW('ok', 'a "note", (b)', n)::kinds.pair,
      ARRAY[ROW('sad', NULL, NULL)::kinds.pair, NULL],
      ROW(ROW('ok', '', 1)::kinds.pair, ARRAY[ROW('sad', 'x', n)::kinds.pair])::kinds.nested,
      kinds.moods('sad', 'ok'), kinds.spans(n, n + 0.5), ARRAY[kinds.spans(NULL, n), 'empty'],
      n, ARRAY[n, n]::kinds.positive[], '{sad,ok}', 'kinds.referred', ARRAY['kinds.referred', 'typed']::regclass[],
      'app=r/app', '{app=r/app}', 'pg_catalog.now()', 'kinds.mood', n::text::money, B'10101', 'ab ', 'c', 'a name',
      '10.0.0.0/8', '((0,0),(1,1),(1,0))', 'a fat:2 cat', 'fat & cat', '$.a[*]', '16/B374D848',
      '1 year 2 mons 3 days 04:05:06.7', '04:05:06+03', '{[1,3),[5,7)}', '{{1,2},{3,4}}'
    FROM (SELECT t, extract(day FROM t)::int * 10 FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-03Z', '3 hours') AS t)
      AS s (t, n);
    """

  /// Pushes the OIDs of what is made afterwards out of step with the source's.
  private static let decoys = """
    CREATE TYPE decoy1 AS ENUM ('sad'); CREATE TYPE decoy2 AS (a int); CREATE TABLE decoy3 (a decoy1, b decoy2);
    CREATE TYPE decoy4 AS RANGE (subtype = decoy1);
    """

  @Test("arrive although their OIDs differ", arguments: TestServer.ends)
  func otherOIDs(server: TestServer) async throws {
    let source = try await server.makeDatabase(setup: Self.source)
    let target = try await server.makeDatabase(setup: Self.decoys)
    try await source.dumpSchema(into: target)
    let oids =
      "SELECT 'kinds.mood'::regtype::oid, 'kinds.pair'::regtype::oid, 'kinds.referred'::regclass::oid"
    try #require(try source.query(oids) != target.query(oids))
    let migration = Migration(from: source, to: target)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.copyAndVerify()
    try migration.expectSame("typed")
    #expect(try target.value("SELECT DISTINCT relation::text FROM typed") == "kinds.referred")
  }

  @Test("of the same name on the target but another kind are refused", arguments: TestServer.one)
  func otherKind(server: TestServer) async throws {
    let migration = try await Migration.on(
      server,
      setup: """
        CREATE TYPE mood AS ENUM ('sad');
        CREATE TABLE typed (time timestamptz NOT NULL, mood mood);
        SELECT create_hypertable('typed', 'time');
        INSERT INTO typed VALUES ('2024-01-01Z', 'sad');
        """,
      targetSetup: """
        CREATE TYPE mood AS ENUM ('glad');
        CREATE TABLE typed (time timestamptz NOT NULL, mood mood);
        SELECT create_hypertable('typed', 'time');
        """)
    try await migration.run("stage", "--until", "2024-02-01")
    let outcome = try await migration.run("copy", exits: 1)
    #expect(outcome.stderr.contains("mood"), "\(outcome)")
    #expect(try migration.target.value("SELECT count(*) FROM typed") == "0")
  }
}
