import Foundation
import TestServers
import TestTraits
import Testing

/// Batches carry metadata by which queries leave them out, and go past the checks that rows go through.
@Suite("Batches that would mean something else on the target", .needsCommunity) struct MovedBatchesTests {
  private static func table(name: String = "text", rest: String = "") -> String {
    """
    CREATE TABLE m (time timestamptz NOT NULL, name \(name), val float8\(rest));
    SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
    """
  }
  private static let compression = """
    ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = '', timescaledb.compress_orderby = 'name, time');
    """
  private static let compress = "SELECT compress_chunk(c) FROM show_chunks('m') AS c;"

  private func migrated(
    _ server: TestServer, source: String, target: String, copyExits: Int32 = 0
  ) async throws -> (Migration, BackfillProcess.Outcome) {
    let migration = try await Migration.on(server, setup: source, targetSetup: target)
    try await migration.run("stage", "--until", "2024-02-01")
    return (migration, try await migration.run("copy", exits: copyExits))
  }

  private static let named = """
    INSERT INTO m SELECT '2024-01-01Z'::timestamptz + i * interval '1 minute', (ARRAY['a', 'B', 'c'])[1 + i % 3], i
    FROM generate_series(1, 300) AS i;
    """

  @Test(
    "a compressed chunk whose batches can't be found is no empty one", arguments: TestServer.communityEnds)
  func unknownBatches(server: TestServer) async throws {
    let table = Self.table() + Self.compression
    let migration = try await Migration.on(
      server, setup: table + Self.named + Self.compress, targetSetup: table)
    try await migration.run("stage", "--until", "2024-02-01")
    // As a catalog would look that a later version has rearranged.
    try migration.source.executeAsSuperuser(
      """
      SET session_replication_role = replica;
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_attribute WHERE attname = 'compressed_chunk_id'
            AND attrelid = '_timescaledb_catalog.chunk'::regclass AND NOT attisdropped) THEN
          UPDATE _timescaledb_catalog.chunk SET compressed_chunk_id = NULL WHERE compressed_chunk_id IS NOT NULL;
        ELSE
          DELETE FROM _timescaledb_catalog.compression_settings WHERE compress_relid IS NOT NULL;
        END IF;
      END $$;
      """)
    let copied = try await migration.run("copy", exits: 1)
    #expect(copied.stderr.contains("cannot be found in the catalog"), "\(copied)")
    #expect(try migration.target.value("SELECT count(*) FROM __backfill.task WHERE worked IS NULL") == "1")
  }

  static let withICU = Servers(.ends, .community, .icu)

  @Test(
    "queries by text find rows whose batches another collation sorted",
    .needs(withICU), arguments: withICU)
  func collation(server: TestServer) async throws {
    let (migration, _) = try await migrated(
      server,
      source: Self.table(name: #"text COLLATE "C""#) + Self.compression + Self.named + Self.compress,
      target: Self.table(name: #"text COLLATE "en-x-icu""#) + Self.compression)
    #expect(try migration.target.value("SELECT count(*) FROM m WHERE name = 'a'") == "100")
    #expect(try migration.target.value("SELECT count(*) FROM m WHERE name = 'B'") == "100")
    #expect(
      try migration.target.value("SELECT copy_message FROM __backfill.task")?.contains("sort") == true)
    try await migration.run("verify")
  }

  /// 2.22 can't sort compressed rows by an enum at all.
  static let sortingEnums = Servers(.ends, .community, .since(2, 23))

  @Test(
    "rows come in the order of an enum's labels, although batches were sorted in another",
    .needs(sortingEnums),
    arguments: sortingEnums)
  func enumOrder(server: TestServer) async throws {
    let (migration, _) = try await migrated(
      server,
      source: "CREATE TYPE mood AS ENUM ('B', 'a', 'c');" + Self.table(name: "mood") + Self.compression
        + Self.named.replacingOccurrences(of: "% 3]", with: "% 3]::mood") + Self.compress,
      target: "CREATE TYPE mood AS ENUM ('a', 'B', 'c');" + Self.table(name: "mood") + Self.compression)
    let ordered = "SELECT string_agg(name::text, '') FROM (SELECT name FROM m ORDER BY name, time) AS s"
    #expect(
      try migration.target.value(ordered)
        == ["a", "B", "c"].map { String(repeating: $0, count: 100) }.joined())
    #expect(try migration.target.value("SELECT count(*) FROM m WHERE name = 'a'") == "100")
    try await migration.run("verify")
  }

  struct Constraint: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What only the target has.
    let constraint: String
    /// What the server says of the rows.
    let refusal: String
    var servers = TestServer.communityEnds
  }

  static let constraints = [
    Constraint(
      testDescription: "CHECK", constraint: "ALTER TABLE m ADD CONSTRAINT positive CHECK (val > 0)",
      refusal: "violates check constraint"),
    Constraint(
      testDescription: "NOT NULL", constraint: "ALTER TABLE m ALTER COLUMN name SET NOT NULL",
      refusal: "violates not-null constraint"),
    Constraint(
      testDescription: "UNIQUE", constraint: "CREATE UNIQUE INDEX once ON m (time)",
      refusal: "violates unique constraint"),
    Constraint(
      testDescription: "a foreign key",
      constraint:
        "CREATE TABLE names (name text PRIMARY KEY); ALTER TABLE m ADD FOREIGN KEY (name) REFERENCES names",
      refusal: "violates foreign key constraint", servers: withFreeKeys),
  ]

  /// 2.14 and 2.15 take foreign keys of compressed hypertables only of columns that segment.
  private static let withFreeKeys = Servers(.ends, .community, .since(2, 16))

  private static let constraintsOnServers = constraints.flatMap { each in each.servers.map { ($0, each) } }

  @Test(
    "compressed rows that a constraint of the target forbids are refused, not hidden",
    arguments: constraintsOnServers)
  func constraint(server: TestServer, each: Constraint) async throws {
    let rows = """
      INSERT INTO m SELECT '2024-01-01Z'::timestamptz + (i / 2) * interval '1 minute', nullif((i % 3)::text, '0'), i - 2
      FROM generate_series(1, 300) AS i;
      """
    let (migration, outcome) = try await migrated(
      server, source: Self.table() + Self.compression + rows + Self.compress,
      target: Self.table() + each.constraint + ";" + Self.compression, copyExits: 1)
    #expect(outcome.stderr.contains(each.refusal), "\(outcome)")
    #expect(try migration.target.tasks(where: "worked IS NULL AND attempts = 1") == 1)
    #expect(try migration.target.value("SELECT count(*) FROM m") == "0")
  }

  @Test("the same constraints on both sides keep batches as they are", arguments: TestServer.communityEnds)
  func sameConstraints(server: TestServer) async throws {
    let table =
      Self.table(rest: ", CHECK (val > 0)") + "CREATE UNIQUE INDEX once ON m (time, name);" + Self.compression
    let (migration, _) = try await migrated(
      server, source: table + Self.named + Self.compress, target: table)
    #expect(try migration.target.tasks(where: "worked IS NOT NULL AND copy_message IS NULL") == 1)
    try migration.expectSame("m")
  }

  @Test(
    "queries by text find rows whose bloom filters another encoding filled", arguments: TestServer.withBloom)
  func encoding(server: TestServer) async throws {
    let table =
      Self.table() + """
        CREATE INDEX ON m (name);
        ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = '', timescaledb.compress_orderby = 'time');
        """
    let source = try await server.makeDatabase(
      options: DatabaseOptions(encoding: "LATIN1", locale: "C"),
      setup: table + """
        INSERT INTO m SELECT '2024-01-01Z'::timestamptz + i * interval '1 minute', 'näme ' || (i % 20), i
        FROM generate_series(1, 1000) AS i;
        """ + Self.compress)
    let filters = "SELECT count(*) FROM pg_attribute WHERE atttypid = '_timescaledb_internal.bloom1'::regtype"
    try #require(try source.value(filters) != "0")
    let target = try await server.makeDatabase(options: DatabaseOptions(locale: "C"), setup: table)
    let migration = Migration(from: source, to: target)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.run("copy")
    #expect(try target.value("SELECT count(*) FROM m WHERE name = 'näme 7'") == "50")
    try await migration.run("verify")
  }
}

extension TestServer {
  /// Compressed chunks get bloom filters by themselves.
  static let withBloom = Servers(.ends, .community, .since(2, 22))
}
