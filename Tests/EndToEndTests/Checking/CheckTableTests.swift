import TestServers
import TestTraits
import Testing

/// Each finding about a hypertable: its condition brings it, and what is said to mend it takes it away.
@Suite("check names what differs in a hypertable", .needsServer) struct CheckTableTests {
  static let rules: [CheckCase] = [
    CheckCase(
      name: "CHECK", code: "constraint-missing", level: "warning", place: .source, side: "target",
      fact: "CHECK ((device > 0))", fault: "ALTER TABLE readings ADD CONSTRAINT few CHECK (device > 0)"),
    CheckCase(
      name: "NOT NULL", code: "constraint-missing", level: "warning", place: .source, side: "target",
      fact: "NOT NULL on column \"device\"", fault: "ALTER TABLE readings ALTER COLUMN device SET NOT NULL"),
    CheckCase(
      name: "primary key", code: "constraint-missing", level: "warning", place: .source, side: "target",
      fact: "PRIMARY KEY", setup: "ALTER TABLE readings ALTER COLUMN device SET NOT NULL;",
      fault: "ALTER TABLE readings ADD PRIMARY KEY (device, \"time\")"),
    CheckCase(
      name: "CHECK", code: "constraint-only-on-target", level: "warning", place: .target, side: "target",
      fact: "may refuse rows", fault: "ALTER TABLE readings ADD CONSTRAINT few CHECK (device > 5)"),
    CheckCase(
      name: "NOT NULL", code: "constraint-only-on-target", level: "warning", place: .target, side: "target",
      fact: "NOT NULL", fault: "ALTER TABLE readings ALTER COLUMN value SET NOT NULL"),
    CheckCase(
      name: "unique", code: "unique-index-missing", level: "warning", place: .source, side: "target",
      fact: "the unique index \"one\"", fault: "CREATE UNIQUE INDEX one ON readings (device, \"time\")"),
    CheckCase(
      name: "unique", code: "unique-index-only-on-target", level: "warning", place: .target, side: "target",
      fact: "the unique index \"On e\"", fault: "CREATE UNIQUE INDEX \"On e\" ON readings (device, \"time\")"),
    CheckCase(
      name: "ordinary", code: "index-missing", level: "note", place: .source, side: "target",
      fact: "(device) WHERE (value > (5)::double precision)",
      fault: "CREATE INDEX by_device ON readings (device) WHERE value > 5"),
    CheckCase(
      name: "expression", code: "generated-column-differs", level: "warning", place: .target, side: "target",
      fact: "generated as", setup: "ALTER TABLE readings ADD COLUMN twice int;",
      fault: """
        ALTER TABLE readings DROP COLUMN twice;
        ALTER TABLE readings ADD COLUMN twice int GENERATED ALWAYS AS (device * 2) STORED
        """),
    CheckCase(
      name: "collation", code: "column-collation-differs", level: "warning", place: .target, side: "target",
      fact: "pg_catalog.\"C\"", setup: "ALTER TABLE readings ADD COLUMN kind text;",
      fault: "ALTER TABLE readings ALTER COLUMN kind TYPE text COLLATE \"C\""),
    CheckCase(
      name: "type", code: "hypertables-differ", level: "stop", place: .target, side: nil,
      fact: "is integer on the source", fault: "ALTER TABLE readings ALTER COLUMN device TYPE bigint"),
    CheckCase(
      name: "more columns", code: "hypertables-differ", level: "stop", place: .target, side: nil,
      fact: "only the target has column \"more\"", fault: "ALTER TABLE readings ADD COLUMN more int"),
  ]

  static let settings: [CheckCase] = [
    CheckCase(
      name: "time", code: "chunk-interval-differs", level: "note", place: .target, side: "target",
      fact: "chunks of 1 day on the source and chunks of 7 days",
      fault: "SELECT set_chunk_time_interval('readings', interval '7 days')"),
    CheckCase(
      name: "partitions", code: "chunk-interval-differs", level: "note", place: .target, side: "target",
      fact: "2 partitions on the source and 3 partitions",
      setup: "SELECT add_dimension('readings', 'device', number_partitions => 2);",
      fault: "SELECT set_number_partitions('readings', 3, 'device')"),
    CheckCase(
      name: "off", code: "compression-off", level: "warning", place: .source, side: "target",
      fact: "stored uncompressed",
      fault: """
        ALTER TABLE readings SET (timescaledb.compress, timescaledb.compress_segmentby = 'device',
          timescaledb.compress_orderby = 'time')
        """, needsCommunity: true),
    CheckCase(
      name: "segment-by", code: "compression-settings-differ", level: "note", place: .target, side: "target",
      fact: "other settings",
      setup: """
        ALTER TABLE readings SET (timescaledb.compress, timescaledb.compress_segmentby = 'device',
          timescaledb.compress_orderby = 'time DESC');
        """,
      fault: """
        ALTER TABLE readings SET (timescaledb.compress_segmentby = 'value',
          timescaledb.compress_orderby = 'time DESC')
        """, needsCommunity: true),
    CheckCase(
      name: "target", code: "unlogged", level: "stop", place: .target, side: "target",
      fact: "empty after a crash",
      fault: "ALTER TABLE readings SET UNLOGGED", since: TimescaleVersion(2, 23, 0)),
    CheckCase(
      name: "source", code: "unlogged", level: "warning", place: .source, side: "source",
      fact: "where a crash empties them", fault: "ALTER TABLE readings SET UNLOGGED",
      since: TimescaleVersion(2, 23, 0)),
  ]

  private static let function = """
    CREATE FUNCTION same() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    ALTER FUNCTION same() OWNER TO app;
    """

  static let hazards: [CheckCase] = [
    CheckCase(
      name: "forced", code: "row-level-security", level: "stop", place: .target, side: nil,
      fact: "row-level security applies",
      fault: "ALTER TABLE readings ENABLE ROW LEVEL SECURITY; ALTER TABLE readings FORCE ROW LEVEL SECURITY"),
    CheckCase(
      name: "ordinary", code: "firing-triggers", level: "warning", place: .target, side: "target",
      fact: "fire for copied rows",
      fault: function + "CREATE TRIGGER t BEFORE INSERT ON readings FOR EACH ROW EXECUTE FUNCTION same()",
      mender: .nobody),
    CheckCase(
      name: "always", code: "undisabled-triggers", level: "warning", place: .target, side: "target",
      fact: "ENABLE ALWAYS",
      fault: function + """
        CREATE TRIGGER t BEFORE INSERT ON readings FOR EACH ROW EXECUTE FUNCTION same();
        ALTER TABLE readings ENABLE ALWAYS TRIGGER t
        """, since: TimescaleVersion(2, 27, 0)),
    CheckCase(
      name: "of another role", code: "functions-of-other-roles", level: "warning", place: .target,
      side: "target", object: nil, fact: "copying runs functions of other roles",
      fault: """
        CREATE FUNCTION alien(int) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT true';
        ALTER FUNCTION alien(int) OWNER TO \(TestCluster.privilegedUser);
        ALTER TABLE readings ADD CONSTRAINT alien CHECK (alien(device))
        """, mender: .nobody),
    CheckCase(
      name: "to another table", code: "foreign-keys", level: "warning", place: .target, side: "target",
      object: nil, fact: "reject rows whose referenced rows are missing",
      setup: "CREATE TABLE devices (id int PRIMARY KEY);",
      fault: "ALTER TABLE readings ADD CONSTRAINT known FOREIGN KEY (device) REFERENCES devices",
      mender: .nobody),
    CheckCase(
      name: "from another table", code: "referencing-foreign-keys", level: "warning", place: .target,
      side: "target", object: nil, fact: "reference rows that copying replaces",
      setup: """
        ALTER TABLE readings ALTER COLUMN device SET NOT NULL;
        ALTER TABLE readings ADD PRIMARY KEY (device, "time");
        """,
      fault: """
        CREATE TABLE marks (device int, at timestamptz,
          FOREIGN KEY (device, at) REFERENCES readings (device, "time"))
        """, mender: .nobody),
    CheckCase(
      name: "on the hypertable only", code: "triggers-enabled-on-chunks", level: "warning", place: .target,
      side: "target", fact: "enabled on chunks that were created later",
      fault: function + """
        CREATE TRIGGER t BEFORE INSERT ON readings FOR EACH ROW EXECUTE FUNCTION same();
        ALTER TABLE readings DISABLE TRIGGER t;
        INSERT INTO readings VALUES ('2024-06-01Z', 1, 1)
        """, since: TimescaleVersion(2, 27, 0)),
    CheckCase(
      name: "in object storage", code: "tiered-chunks", level: "warning", place: .source, side: "source",
      fact: "tiered to object storage are left out",
      fault: TieredChunk.attaching(
        to: "readings", columns: "time timestamptz NOT NULL, device int, value float"), mender: .nobody),
    CheckCase(
      name: "deletes", code: "published-deletes", level: "stop", place: .target, side: "target",
      fact: "no replica identity", fault: "CREATE PUBLICATION all_of_it FOR ALL TABLES"),
    CheckCase(
      name: "on the target", code: "scheduled-jobs", level: "warning", place: .target, side: "target",
      object: nil, fact: "policy_retention",
      fault: "SELECT add_retention_policy('readings', interval '1 year')", mender: .nobody,
      needsCommunity: true),
    CheckCase(
      name: "on the source", code: "retention-on-source", level: "warning", place: .source, side: "source",
      object: nil, fact: "may drop staged chunks",
      fault: "SELECT add_retention_policy('readings', interval '1 year')", mender: .superuser,
      needsCommunity: true),
    CheckCase(
      name: "behind", code: "sequence-behind", level: "note", place: .source, side: "target",
      object: #""public"."readings_number_seq""#, fact: "numbers that copied rows already have",
      setup: "ALTER TABLE readings ADD COLUMN number bigserial;",
      fault: "SELECT setval('readings_number_seq', 5000)"),
  ]

  /// Rows of the tables with the servers that they are for.
  private func run(_ cases: [CheckCase], on server: TestServer) async throws {
    for row in cases where row.applies(to: server) {
      do {
        try await row.run(on: server)
      } catch {
        Issue.record("\(row.testDescription): \(error)")
      }
    }
  }

  @Test("constraints, indexes and columns", arguments: TestServer.ends)
  func rules(server: TestServer) async throws { try await run(Self.rules, on: server) }

  @Test("intervals, compression and persistence", arguments: TestServer.ends)
  func settings(server: TestServer) async throws { try await run(Self.settings, on: server) }

  @Test("triggers, keys, publications, jobs and sequences", arguments: TestServer.ends)
  func hazards(server: TestServer) async throws { try await run(Self.hazards, on: server) }

  @Test(
    "compression on Timescale's oldest server too", .needs(TestServer.communityEnds),
    arguments: TestServer.communityEnds.prefix(1))
  func oldest(server: TestServer) async throws {
    try await run((Self.settings + Self.hazards).filter(\.needsCommunity), on: server)
  }

  @Test(
    "an aggregate's rules and compression, as those of a table", .needs(TestServer.communityEnds),
    arguments: TestServer.communityEnds)
  func aggregates(server: TestServer) async throws {
    let aggregate = """
      CREATE MATERIALIZED VIEW hourly WITH (timescaledb.continuous) AS
        SELECT time_bucket('1 hour', time) AS hour, device, sum(value) FROM readings GROUP BY 1, 2 WITH NO DATA;
      """
    let migration = try await Migration.on(server, setup: CheckTests.table + aggregate + CheckTests.rows)
    try await migration.expectFinding(
      "compression-off", level: "warning", side: "target", object: #""public"."hourly""#,
      saying: "off at the target",
      after: {
        try migration.source.execute("ALTER MATERIALIZED VIEW hourly SET (timescaledb.compress = true)")
      }, mendedBy: { try migration.target.execute($0) })
    try migration.target.execute("DROP MATERIALIZED VIEW hourly")
    #expect(try await migration.check().one("missing-on-target").object == #""public"."hourly""#)
    try migration.target.execute(aggregate.replacing("sum(value)", with: "max(value) AS sum"))
    #expect(try await migration.check().one("aggregates-differ").object == #""public"."hourly""#)
  }
}
