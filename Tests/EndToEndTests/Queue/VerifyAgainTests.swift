import TestServers
import Testing

@Suite("verify --again", .needsServer) struct VerifyAgainTests {
  @Test("compares what is verified, all or what matches, and what differed", arguments: TestServer.one)
  func again(server: TestServer) async throws {
    let setup = ["first", "second"].map { name in
      """
      CREATE TABLE \(name) (time timestamptz NOT NULL, value int);
      SELECT create_hypertable('\(name)', 'time', chunk_time_interval => interval '1 day');
      INSERT INTO \(name) SELECT t, extract(hour FROM t)
      FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-03 23:00Z', '1 hour') AS t;
      """
    }
    let migration = try await Migration.on(server, setup: setup.joined())
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.copyAndVerify()
    #expect(try await migration.run("verify").stdout.contains("Nothing to verify: all copied tasks (6)"))
    let all = try await migration.run("verify", "--again")
    #expect(all.stdout.contains("To be verified again: 6 chunks"), "\(all)")
    #expect(all.stdout.contains("Verified 6 chunks"), "\(all)")

    try migration.target.execute(
      """
      UPDATE first SET value = -5 WHERE time = '2024-01-02 05:00Z';
      UPDATE second SET value = -5 WHERE time = '2024-01-02 05:00Z'
      """)
    let first = try await migration.run("verify", "--again", "--filter", "public.first", exits: 3)
    #expect(first.stdout.contains("Verified 2 chunks"), "\(first)")
    #expect(first.stdout.contains("1 chunk differs"), "\(first)")
    #expect(try migration.target.tasks(where: "verified IS NULL") == 1)

    // Others that are unverified are left alone.
    try migration.target.execute(
      "UPDATE __backfill.task SET verified = NULL WHERE hypertable_name = 'second'")
    let still = try await migration.run("verify", "--again", "--differing", exits: 3)
    #expect(still.stdout.contains("[1/1]"), "\(still)")
    try migration.target.execute("UPDATE first SET value = 5 WHERE time = '2024-01-02 05:00Z'")
    let repaired = try await migration.run("verify", "--again", "--differing")
    #expect(repaired.stdout.contains("Verified 1 chunk "), "\(repaired)")
    let none = try await migration.run("verify", "--again", "--differing")
    #expect(none.stdout.contains("no copied chunk that was asked for"), "\(none)")
    let second = try await migration.run("verify", "--filter", "second", exits: 3)
    #expect(second.stdout.contains("Verified 2 chunks"), "\(second)")
  }

  @Test("--sample --again unmarks no more than the sample", arguments: TestServer.one)
  func sample(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.copyAndVerify()
    let before = try migration.target.value("SELECT max(upper(verified)) FROM __backfill.task")
    let half = try await migration.run("verify", "--again", "--sample", "40%")
    #expect(half.stdout.contains("A sample of 2 of 5 chunks"), "\(half)")
    #expect(try migration.target.tasks(where: "verified IS NULL") == 0)
    #expect(try migration.target.tasks(where: "upper(verified) > '\(before ?? "")'") == 2)
  }
}
