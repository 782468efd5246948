import TestServers
import TestTraits
import Testing

/// Jobs are off from before staging to the end of a migration.
@Suite("Jobs in a migration", .needsCommunity) struct JobsInMigrationTests {
  private static func migration(_ server: TestServer) async throws -> Migration {
    try await Migration.on(
      server, setup: JobsTable.table + JobsTable.rows, targetSetup: JobsTable.table + JobsTable.policies)
  }

  @Test("are off before there is a queue, and on again after it", arguments: TestServer.communityEnds)
  func whole(server: TestServer) async throws {
    let migration = try await Self.migration(server)
    let target = migration.target
    let before = try target.query(JobsTable.facts)
    try await migration.run("jobs", "off")
    let empty = try await migration.run("status")
    #expect(empty.stdout.contains("it has no queue"), "\(empty)")
    #expect(empty.stdout.contains("3 jobs of the target are turned off"), "\(empty)")
    #expect(try await migration.run("copy", exits: 1).stderr.contains("stage"))
    let staged = try await migration.run("stage", "--until", "2024-01-04")
    #expect(!staged.stderr.contains("background jobs"), "\(staged)")

    let early = try await migration.run("jobs", "on", exits: 1)
    #expect(early.stderr.contains("tasks have not been copied"), "\(early)")
    #expect(try target.value(JobsTable.scheduled) == "0")
    try await migration.run("copy")
    #expect(try await migration.run("status", exits: 5).stdout.contains("Next: timescaledb-backfill verify"))
    try await migration.run("verify")
    let done = try await migration.run("status")
    #expect(done.stdout.contains("Next: timescaledb-backfill jobs on"), "\(done)")
    let on = try await migration.run("jobs", "on")
    #expect(on.stdout.contains("Next: timescaledb-backfill clean") && on.stderr.isEmpty, "\(on)")
    #expect(try target.query(JobsTable.facts) == before)
    #expect(try await migration.run("status").stdout.contains("Next: timescaledb-backfill clean"))
    // The queue is still there, and the record isn't.
    #expect(try target.value("SELECT to_regclass('__backfill.job') IS NULL") == "t")
    #expect(try await migration.run("clean").stdout.contains("Removed the queue with 3 tasks"))
    #expect(try target.value("SELECT to_regnamespace('__backfill')") == nil)
  }

  @Test("stay recorded when the queue is removed", arguments: TestServer.communityEnds)
  func cleaned(server: TestServer) async throws {
    let migration = try await Self.migration(server)
    let target = migration.target
    let before = try target.query(JobsTable.facts)
    try await migration.run("stage", "--until", "2024-01-04")
    try await migration.run("jobs", "off")
    try await migration.copyAndVerify()
    // What a person has made there goes as it went with the schema.
    try target.execute(
      "CREATE VIEW __backfill.progress AS SELECT count(worked) FROM __backfill.task; CREATE TABLE __backfill.mine ()"
    )
    let cleaned = try await migration.run("clean")
    #expect(cleaned.stderr.contains("3 jobs are still turned off"), "\(cleaned)")
    #expect(cleaned.stdout.contains("Next: timescaledb-backfill jobs on"), "\(cleaned)")
    #expect(
      try target.query(
        "SELECT relname FROM pg_class WHERE relnamespace = '__backfill'::regnamespace AND relkind IN ('r', 'v')"
      )
        == [["job"]])
    let again = try await migration.run("clean")
    #expect(again.stdout.contains("Nothing to clean") && again.stderr.contains("3 jobs"), "\(again)")
    // And a new queue beside the record.
    try await migration.run("stage", "--until", "2024-01-04")
    try await migration.run("clean", "--force")
    try await migration.run("jobs", "on")
    #expect(try target.query(JobsTable.facts) == before)
    #expect(try target.value("SELECT to_regnamespace('__backfill')") == nil)
  }

  @Test("are turned on before the end where that is wanted", arguments: TestServer.oneCommunity)
  func forced(server: TestServer) async throws {
    let migration = try await Self.migration(server)
    try await migration.run("jobs", "off")
    try await migration.run("stage", "--until", "2024-01-04")
    let forced = try await migration.run("jobs", "on", "--force")
    #expect(forced.stderr.contains("warning: 3 of the queue's 3 tasks have not been copied"), "\(forced)")
    #expect(try migration.target.value(JobsTable.scheduled) == "3")
    try await migration.run("jobs", "off")
    try await migration.run("copy")
    let unverified = try await migration.run("jobs", "on")
    #expect(unverified.stderr.contains("warning: 3 chunks are not verified"), "\(unverified)")
    #expect(!unverified.stdout.contains("Next:"), "\(unverified)")
  }

  @Test("are off before a restore ends, when none of them can run", arguments: TestServer.communityEnds)
  func restoring(server: TestServer) async throws {
    let rig = try await JobsRig.on(server)
    let before = try rig.facts()
    try rig.target.executeAsSuperuser(
      "ALTER DATABASE \"\(rig.target.name)\" SET timescaledb.restoring = 'on'")
    try await rig.run("jobs", "off")
    #expect(try rig.target.value(JobsTable.scheduled) == "0")
    #expect(try await rig.run("jobs", "list").stdout.contains("off by jobs off"))
    try rig.target.executeAsSuperuser("ALTER DATABASE \"\(rig.target.name)\" RESET timescaledb.restoring")
    try await rig.run("jobs", "on")
    #expect(try rig.facts() == before)
  }

  @Test("are not touched where the record is a stranger's", arguments: TestServer.oneCommunity)
  func stranger(server: TestServer) async throws {
    let rig = try await JobsRig.on(server)
    let before = try rig.facts()
    try rig.target.executeAsSuperuser("CREATE SCHEMA __backfill; GRANT ALL ON SCHEMA __backfill TO app")
    for action in ["off", "on"] {
      let refused = try await rig.run("jobs", action, exits: 1)
      #expect(refused.stderr.contains("schema __backfill belongs to role postgres"), "\(refused)")
    }
    try rig.target.executeAsSuperuser("DROP SCHEMA __backfill")
    try await rig.run("jobs", "off")
    try rig.target.execute("ALTER TABLE __backfill.job ENABLE ROW LEVEL SECURITY")
    for action in ["off", "on", "list"] {
      let refused = try await rig.run("jobs", action, exits: 1)
      #expect(refused.stderr.contains("table __backfill.job has row-level security"), "\(refused)")
    }
    try rig.target.execute("ALTER TABLE __backfill.job DISABLE ROW LEVEL SECURITY")
    try await rig.run("jobs", "on")
    #expect(try rig.facts() == before)
  }
}
