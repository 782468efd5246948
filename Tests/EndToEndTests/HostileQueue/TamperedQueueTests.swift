import TestServers
import Testing

/// The queue is a table that anybody with the role may write to. Whatever stands there, no row is lost that the queue
/// had no business with, and nothing that stands there is run.
@Suite("A queue that was tampered with", .needsServer) struct TamperedQueueTests {
  /// Two hypertables of the same form with the same chunks, and a table that is none of the program's business but has
  /// the same columns.
  private static let setup = """
    CREATE TABLE staged (time timestamptz NOT NULL, value int);
    SELECT create_hypertable('staged', 'time', chunk_time_interval => interval '1 day');
    CREATE TABLE bystander (time timestamptz NOT NULL, value int);
    SELECT create_hypertable('bystander', 'time', chunk_time_interval => interval '1 day');
    CREATE TABLE public.accounts (time timestamptz NOT NULL, value int);
    INSERT INTO staged SELECT t, 1 FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-04 23:00Z', '1 hour') AS t;
    """
  /// What only the target has.
  private static let precious = """
    INSERT INTO bystander SELECT t, 2 FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-04 23:00Z', '1 hour') AS t;
    INSERT INTO accounts SELECT t, 3 FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-04 23:00Z', '1 hour') AS t;
    INSERT INTO staged SELECT t, 4 FROM generate_series('2024-01-03 12:00Z'::timestamptz, '2024-01-06 23:00Z', '1 hour') AS t;
    """

  /// What a task says, and what is to come of it.
  struct Tampering: Sendable, CustomTestStringConvertible {
    let name: String
    /// `SET` of an UPDATE of a task.
    let set: String
    /// The day of January 2024 whose task is changed; the third is the boundary.
    let day: Int
    /// A part of the message; nil where the program sees the truth elsewhere and copies what was staged.
    let refusal: String?

    var testDescription: String { name }

    init(_ name: String, _ set: String, day: Int = 2, refused: String? = nil) {
      self.name = name
      self.day = day
      self.set = set
      refusal = refused
    }
  }

  private static let sql = #"x"; DROP TABLE public.accounts; DELETE FROM public.bystander; --"#

  static let tamperings: [Tampering] = [
    Tampering(
      "the target's chunk is a table of the user's",
      "target_chunk_schema = 'public', target_chunk_name = 'accounts'"),
    Tampering(
      "the target's chunk is pg_authid", "target_chunk_schema = 'pg_catalog', target_chunk_name = 'pg_authid'"
    ),
    Tampering(
      "the target's chunk is the queue", "target_chunk_schema = '__backfill', target_chunk_name = 'task'"),
    Tampering(
      "the target's chunk is another hypertable's",
      "(target_chunk_schema, target_chunk_name) = (SELECT chunk_schema, chunk_name FROM timescaledb_information.chunks WHERE hypertable_name = 'bystander' ORDER BY range_start OFFSET 1 LIMIT 1)"
    ),
    Tampering(
      "the target's chunk is another of the same hypertable",
      "(target_chunk_schema, target_chunk_name) = (SELECT chunk_schema, chunk_name FROM timescaledb_information.chunks WHERE hypertable_name = 'staged' ORDER BY range_start DESC LIMIT 1)"
    ),
    Tampering(
      "the target's chunk is the hypertable", "target_chunk_schema = 'public', target_chunk_name = 'staged'"),
    Tampering("the target's chunk is a piece of SQL", "target_chunk_name = '\(sql)'"),
    Tampering(
      "the target's hypertable is a table of the user's", "target_hypertable_name = 'accounts'",
      refused: "hypertable"),
    Tampering(
      "the target's hypertable is pg_authid",
      "target_hypertable_schema = 'pg_catalog', target_hypertable_name = 'pg_authid'", refused: "hypertable"),
    Tampering(
      "the target's hypertable is another", "target_hypertable_name = 'bystander'", refused: "hypertable"),
    Tampering(
      "both the target's hypertable and its chunk are another's",
      "target_hypertable_name = 'bystander', (target_chunk_schema, target_chunk_name) = (SELECT chunk_schema, chunk_name FROM timescaledb_information.chunks WHERE hypertable_name = 'bystander' ORDER BY range_start OFFSET 1 LIMIT 1)",
      refused: "hypertable"),
    Tampering(
      "both names of the hypertable are another's",
      "hypertable_name = 'bystander', target_hypertable_name = 'bystander'", refused: "hypertable"),
    Tampering(
      "the target's hypertable is a piece of SQL", "target_hypertable_name = '\(sql)'", refused: "belong in"
    ),
    Tampering(
      "the source's chunk is one that wasn't staged",
      "chunk_name = (SELECT chunk_name FROM __backfill.unstaged), chunk_schema = '_timescaledb_internal'",
      refused: "staged"),
    Tampering(
      "the bounds are turned around", "lower_bound = 2, upper_bound = 1", refused: "not within the chunk"),
    Tampering(
      "the bounds are beyond everything",
      "lower_bound = 9223372036854775806, upper_bound = 9223372036854775807", refused: "not within the chunk"),
    Tampering(
      "the bounds lie outside of the chunk", "lower_bound = 0, upper_bound = 1",
      refused: "not within the chunk"),
    Tampering("the snapshot is a piece of SQL", "snapshot = '\(sql)'", refused: "snapshot"),
    Tampering("the filter is a piece of SQL", "filter = '\(sql)'", refused: "filter"),
    Tampering("the boundary's bounds are taken away", "upper_bound = NULL", day: 3, refused: "filter"),
    Tampering(
      "the filter is a piece of SQL, staged by nobody", "filter = '\(sql)', staged_by = NULL",
      refused: "filter"),
    Tampering(
      "the dimensions are of another column",
      #"dimensions = '[{"column_name":"value","column_type":"integer","range_start":0,"range_end":1}]'"#,
      refused: "staged"),
    Tampering("the dimensions are nothing", "dimensions = 'null'", refused: "staged"),
    Tampering(
      "the dimensions are nonsense", #"dimensions = '{"a": ["x", 1e400, null]}'"#, refused: "staged"),
    Tampering(
      "messages are terminal sequences",
      "copy_message = E'\\x1b]0;x\\x07', last_error = '\(sql)', attempts = 2147483646"),
    Tampering("priority is absurd", "priority = -9223372036854775808"),
  ]

  /// As a superuser, to whom the server would forbid nothing.
  private static func asSuperuser(_ migration: Migration) -> BackfillProcess {
    BackfillProcess(
      source: migration.source.superuserConnectionString, target: migration.target.superuserConnectionString)
  }

  /// Lets the queue take the clone for the database that it was made in.
  private static let recognition = """
    UPDATE __backfill.session SET target_fingerprint = target_fingerprint || jsonb_build_object(
      'database_oid', (SELECT oid::text FROM pg_database WHERE datname = current_database()))
    """

  /// Each case tampers with a clone of this one's target; the source is only read.
  private static let staged = Once {
    let migration = try await Migration.on(try TestServer.one.newest(), setup: setup)
    try migration.target.execute(precious)
    let staged = try await asSuperuser(migration).run(
      ["stage", "--until", "2024-01-03 12:00Z", "--filter", "staged"])
    try #require(staged.exitCode == 0, "\(staged)")
    return migration
  }

  @Test("loses nothing that isn't its own and runs nothing", arguments: tamperings)
  func tampered(_ tampering: Tampering) async throws {
    let staged = try await Self.staged.value()
    let migration = Migration(from: staged.source, to: try await staged.target.clone())
    try migration.target.executeAsSuperuser(Self.recognition)
    let backfill = Self.asSuperuser(migration)
    let superuser = try SQLSession(connectionString: migration.target.superuserConnectionString)
    let unstaged = try migration.source.value(
      "SELECT chunk_name FROM timescaledb_information.chunks WHERE hypertable_name = 'staged' ORDER BY range_start DESC LIMIT 1"
    )
    try superuser.execute(
      """
      CREATE TABLE __backfill.unstaged AS SELECT \(quotedLiteral(unstaged ?? "")) AS chunk_name;
      UPDATE __backfill.task SET \(tampering.set)
      WHERE (dimensions -> 0 ->> 'range_start')::bigint = (extract(epoch FROM timestamptz '2024-01-0\(tampering.day) 00:00Z') * 1000000)::bigint
      """)
    func fingerprints() throws -> [String] {
      try ["bystander", "accounts"].map { "\(try superuser.contents(of: $0))" } + [
        // Other tests make and drop roles on the same server meanwhile.
        "\(try superuser.contents(of: "pg_authid", where: "oid < 16384"))",
        "\(try superuser.contents(of: "staged", where: "time >= '2024-01-03 12:00Z'"))",
      ]
    }
    let before = try fingerprints()
    let outcome = try await backfill.run(["copy", "-p2"], limit: .seconds(60))
    #expect(try fingerprints() == before, "rows were lost: \(outcome)")
    #expect(try migration.source.value("SELECT count(*) FROM staged") == "96")
    if let refusal = tampering.refusal {
      #expect(outcome.exitCode == 1, "\(outcome)")
      #expect(outcome.stderr.contains(refusal), "\(outcome)")
      let others =
        tampering.day == 3
        ? "time < '2024-01-03Z'"
        : "time < '2024-01-02Z' OR time >= '2024-01-03Z' AND time < '2024-01-03 12:00Z'"
      try migration.expectSame("staged", where: others)
    } else {
      #expect(outcome.exitCode == 0, "\(outcome)")
      try migration.expectSame("staged", where: "time < '2024-01-03 12:00Z'")
    }
  }

  @Test(
    "into something that isn't one ends with one message",
    arguments: [
      "ALTER TABLE __backfill.task ALTER lower_bound TYPE text USING 'far'",
      "ALTER TABLE __backfill.task DROP COLUMN attempts",
      "ALTER TABLE __backfill.task RENAME TO tasks", "DROP TABLE __backfill.session",
      "ALTER TABLE __backfill.task ALTER chunk_name DROP NOT NULL; UPDATE __backfill.task SET chunk_name = NULL",
    ])
  func deformed(_ change: String) async throws {
    let server = try #require(TestServer.newest)
    let migration = try await Migration.on(server, setup: Self.setup)
    try migration.target.execute(Self.precious)
    try await migration.run("stage", "--until", "2024-01-03 12:00Z", "--filter", "staged")
    try migration.target.execute(change)
    let before = try migration.target.contents(of: "staged", where: "time >= '2024-01-03 12:00Z'")
    let outcome = try await migration.backfill.run(["copy"], limit: .seconds(60))
    #expect(outcome.exitCode == 1 || change.contains("session"), "\(outcome)")
    #expect(try migration.target.contents(of: "staged", where: "time >= '2024-01-03 12:00Z'") == before)
    #expect(try migration.target.value("SELECT count(*) FROM bystander") == "96")
  }
}
