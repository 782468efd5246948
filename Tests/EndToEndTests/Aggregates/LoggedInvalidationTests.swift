import TestServers
import TestTraits
import Testing

/// 2.23 to 2.27, where an owner can't keep migrated rows out of the invalidation log.
@Suite(
  "Invalidations that an owner can't prevent",
  .needs(TestServer.alwaysLogging))
struct LoggedInvalidationTests {
  @Test("are told of at staging, with the privilege that prevents them", arguments: TestServer.alwaysLogging)
  func warning(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: "")
    for statement in Self.schema { try migration.source.execute(statement) }
    try await migration.source.dumpSchema(into: migration.target)
    let staged = try await migration.run("stage", "--until", "100")
    #expect(staged.stderr.contains("\"public\".\"watched\" will be logged"), "\(staged)")
    #expect(
      staged.stderr.contains("GRANT SET ON PARAMETER timescaledb.restoring TO \"\(TestCluster.appUser)\""),
      "\(staged)")
    let privileged = BackfillProcess(
      source: migration.source.connectionString, target: try migration.target.grantPrivileges())
    try await migration.run("clean", "--force")
    let outcome = try await privileged.run(["stage", "--until", "100"])
    #expect(outcome.exitCode == 0 && !outcome.stderr.contains("logged"), "\(outcome)")
  }

  private static let schema = [
    """
    CREATE TABLE watched (t int NOT NULL, val int);
    CREATE TABLE unwatched (t int NOT NULL, val int);
    SELECT create_hypertable(r, 't', chunk_time_interval => 100) FROM unnest('{watched, unwatched}'::regclass[]) AS r;
    INSERT INTO watched VALUES (1, 1);
    INSERT INTO unwatched VALUES (1, 1);
    CREATE FUNCTION now_as_integer() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1000';
    SELECT set_integer_now_func('watched', 'now_as_integer');
    """,
    """
    CREATE MATERIALIZED VIEW tens WITH (timescaledb.continuous) AS
    SELECT time_bucket(10, t) AS b, count(*) AS n FROM watched GROUP BY 1 WITH NO DATA
    """,
  ]
}

extension TestServer {
  static let alwaysLogging = Servers(.all, .community, .since(2, 23), .before(2, 28))
}
