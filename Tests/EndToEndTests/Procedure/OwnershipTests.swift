import TestServers
import Testing

@Suite("Ownership", .needsServer) struct OwnershipTests {
  /// A role that may log in and nothing else.
  private func makeStranger(on cluster: TestCluster) throws -> String {
    let name = "stranger_\(String(UInt32.random(in: .min ... .max), radix: 36))"
    try cluster.executeAsSuperuser("CREATE ROLE \(name) LOGIN PASSWORD 'hunter2'")
    return name
  }

  @Test("who may not write to the target is told so, and by which side", arguments: TestServer.one)
  func target(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    let cluster = migration.target.cluster
    let stranger = try makeStranger(on: cluster)
    let theirs = cluster.connectionString(
      database: migration.target.name, user: stranger, password: "hunter2")
    let asStranger = BackfillProcess(source: migration.source.connectionString, target: theirs)
    let staged = try await asStranger.run(["stage", "--until", "2024-02-01"])
    #expect(staged.exitCode == 1, "\(staged)")
    #expect(
      staged.stderr.contains("target: the role \"\(stranger)\" may not create the schema __backfill"),
      "\(staged)")
    #expect(staged.stderr.contains("GRANT CREATE ON DATABASE"), "\(staged)")
    #expect(!staged.stderr.contains("hunter2"))
    // Somebody else's queue, and tables that may not be written.
    try await migration.run("stage", "--until", "2024-02-01")
    try migration.target.execute(
      "GRANT USAGE ON SCHEMA __backfill TO \(stranger); GRANT ALL ON ALL TABLES IN SCHEMA __backfill TO \(stranger)"
    )
    let copied = try await asStranger.run(["copy"])
    #expect(copied.exitCode == 1, "\(copied)")
    #expect(copied.stderr.contains("schema __backfill belongs to role"), "\(copied)")
    #expect(try migration.target.tasks(where: "worked IS NOT NULL") == 0)
    #expect(try migration.target.value("SELECT count(*) FROM stated") == "0")
  }

  @Test(
    "who may not read the source is told so, and the next copy of who may goes on", arguments: TestServer.one)
  func source(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    let cluster = migration.source.cluster
    let stranger = try makeStranger(on: cluster)
    let theirs = cluster.connectionString(
      database: migration.source.name, user: stranger, password: "hunter2")
    try await migration.run("stage", "--until", "2024-02-01")
    let asStranger = BackfillProcess(source: theirs, target: migration.target.connectionString)
    let copied = try await asStranger.run(["copy"])
    #expect(copied.exitCode == 1, "\(copied)")
    #expect(copied.stderr.contains("source") && copied.stderr.contains("permission denied"), "\(copied)")
    #expect(copied.stderr.contains("5 chunks failed"), "\(copied)")
    #expect(
      try migration.target.tasks(
        where: "worked IS NULL AND attempts = 1 AND last_error LIKE '%permission denied%'")
        == 5)
    try await migration.copyAndVerify()
    try migration.expectSame("stated")
  }

  @Test("reading the source needs no more than SELECT", arguments: TestServer.ends)
  func reader(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    let cluster = migration.source.cluster
    let stranger = try makeStranger(on: cluster)
    try migration.source.execute("GRANT SELECT ON stated TO \(stranger)")
    let asReader = BackfillProcess(
      source: cluster.connectionString(
        database: migration.source.name, user: stranger, password: "hunter2"),
      target: migration.target.connectionString)
    for arguments in [["stage", "--until", "2024-02-01"], ["copy"], ["verify"]] {
      let outcome = try await asReader.run(arguments)
      #expect(outcome.exitCode == 0, "\(outcome)")
    }
    try migration.expectSame("stated")
  }
}
