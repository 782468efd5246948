import TestServers
import Testing

@Suite("Types that are defined otherwise on the target", .needsServer) struct TypeDefinitionTests {
  private static let table = """
    CREATE TABLE m (time timestamptz NOT NULL, pair pair);
    SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
    """
  private static let rows = """
    INSERT INTO m SELECT t, ROW(1, 2)::pair
    FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-01 23:00Z', '1 hour') AS t;
    """

  @Test("values of a composite don't change places, as its attributes have", arguments: TestServer.one)
  func composite(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: "CREATE TYPE pair AS (x int, y int);" + Self.table + Self.rows,
      targetSetup: "CREATE TYPE pair AS (y int, x int);" + Self.table)
    let outcome = try await migration.run("stage", "--until", "2024-02-01", exits: 1)
    #expect(outcome.stderr.contains("is defined otherwise on the source"), "\(outcome)")
  }

  @Test("nor when they did after staging", arguments: TestServer.one)
  func compositeLater(server: TestServer) async throws {
    let migration = try await Migration.on(
      server, setup: "CREATE TYPE pair AS (x int, y int);" + Self.table + Self.rows,
      targetSetup: "CREATE TYPE pair AS (x int, y int);" + Self.table)
    try await migration.run("stage", "--until", "2024-02-01")
    try migration.target.execute(
      "ALTER TYPE pair RENAME ATTRIBUTE x TO z; ALTER TYPE pair RENAME ATTRIBUTE y TO x; ALTER TYPE pair RENAME ATTRIBUTE z TO y"
    )
    let outcome = try await migration.run("copy", exits: 1)
    #expect(outcome.stderr.contains("is defined otherwise on the source"), "\(outcome)")
    #expect(try migration.target.tasks(where: "worked IS NULL AND attempts = 1") == 1)
  }

  @Test("verify looks at values, not at what a cast of the user's makes of them", arguments: TestServer.one)
  func maskingCast(server: TestServer) async throws {
    let masked =
      "CREATE TYPE pair AS (x int, y int);" + """
        CREATE FUNCTION mask(pair) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'masked' $$;
        CREATE CAST (pair AS text) WITH FUNCTION mask(pair);
        """ + Self.table
    let migration = try await Migration.on(server, setup: masked + Self.rows, targetSetup: masked)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.run("copy")
    try await migration.run("verify")
    try migration.target.execute(
      "UPDATE m SET pair = ROW(1, 3) WHERE time = '2024-01-01 05:00Z'; UPDATE __backfill.task SET verified = NULL"
    )
    let outcome = try await migration.run("verify", exits: 3)
    #expect(outcome.stdout.contains("column \"pair\" differs at 2024-01-01 05:00:00+00"), "\(outcome)")
  }
}
