import TestServers
import Testing

/// A queue belongs to the two databases that it was staged for.
@Suite("Other databases than those staged for", .needsServer) struct OtherDatabaseTests {
  private func staged(_ server: TestServer) async throws -> Migration {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    return migration
  }

  @Test("are refused, and nothing is copied", arguments: TestServer.one)
  func refused(server: TestServer) async throws {
    let migration = try await staged(server)
    // The same tables, and chunks of the same names, with other rows.
    let other = try await server.makeDatabase(
      setup: QueueStateTests.setup.replacing("t, 1 FROM", with: "t, 2 FROM"))
    let fromOther = Migration(from: other, to: migration.target)
    for arguments in [["copy"], ["verify"]] {
      let outcome = try await fromOther.backfill.run(arguments)
      #expect(outcome.exitCode == 1, "\(outcome)")
      #expect(outcome.stderr.contains("source: database OID was"), "\(outcome)")
    }
    let stage = try await fromOther.run("stage", "--until", "2024-02-01", exits: 1)
    #expect(stage.stderr.contains("staged for other databases: source: database OID was"), "\(stage)")
    let twin = try migration.target.clone(name: "\(migration.target.name)_twin")
    let toTwin = try await Migration(from: migration.source, to: twin).run("copy", exits: 1)
    #expect(toTwin.stderr.contains("target: database OID was"), "\(toTwin)")
    #expect(try twin.value("SELECT count(*) FROM stated") == "0")
    #expect(try migration.target.value("SELECT count(*) FROM stated") == "0")
    try await migration.copyAndVerify()
    try migration.expectSame("stated")
  }

  static let parts = [
    "system_identifier": "system identifier", "database_oid": "database OID",
    "timescaledb_version": "TimescaleDB version",
  ].flatMap { key, label in ["source", "target"].map { (key, label, $0) } }

  @Test("are told by each part of what identifies them", arguments: parts)
  func identified(key: String, part: String, side: String) async throws {
    let migration = try await staged(try #require(TestServer.newest))
    try migration.target.execute(
      """
      UPDATE __backfill.session
      SET \(side)_fingerprint = jsonb_set(\(side)_fingerprint, ARRAY[\(quotedLiteral(key))], '"another"')
      """)
    let outcome = try await migration.run("copy", exits: 1)
    #expect(outcome.stderr.contains("\(side): \(part) was another and is"), "\(outcome)")
    #expect(try migration.target.value("SELECT count(*) FROM stated") == "0")
    // A new version of the extension makes no other database, but staging has to look at it again.
    let again = try await migration.run(
      "stage", "--until", "2024-02-01", exits: part == "TimescaleDB version" ? 0 : 1)
    #expect(again.stderr.contains(part) == (part != "TimescaleDB version"), "\(again)")
  }

  @Test("that are still being restored are refused, with how to end that", arguments: ["source", "target"])
  func restoring(side: String) async throws {
    let migration = try await staged(try #require(TestServer.newest))
    let database = side == "source" ? migration.source : migration.target
    // What pg_restore leaves behind when timescaledb_post_restore() is forgotten.
    try database.executeAsSuperuser(
      "ALTER DATABASE \(quotedIdentifier(database.name)) SET timescaledb.restoring = 'on'")
    for arguments in [["stage", "--until", "2024-02-01"], ["copy"]] {
      let outcome = try await migration.backfill.run(arguments)
      #expect(outcome.exitCode == 1, "\(outcome)")
      #expect(outcome.stderr.contains("\(side): timescaledb.restoring is on"), "\(outcome)")
      #expect(outcome.stderr.contains("timescaledb_post_restore()"), "\(outcome)")
    }
    #expect(try migration.target.tasks(where: "worked IS NULL AND attempts = 0") == 5)
  }

  @Test(
    "are told whatever names the queue has for what identifies them: those of earlier versions, and unknown ones",
    arguments: TestServer.one)
  func otherNames(server: TestServer) async throws {
    let migration = try await staged(server)
    try migration.target.execute(
      """
      UPDATE __backfill.session SET source_fingerprint = jsonb_build_object(
        'system identifier', source_fingerprint ->> 'system_identifier', 'database OID', '1',
        'TimescaleDB version', source_fingerprint ->> 'timescaledb_version')
      """)
    let earlier = try await migration.run("copy", exits: 1)
    #expect(earlier.stderr.contains("source: database OID was 1 and is"), "\(earlier)")
    try migration.target.execute(
      """
      UPDATE __backfill.session
      SET source_fingerprint = jsonb_set(source_fingerprint, '{database OID}', to_jsonb((
        SELECT oid::text FROM pg_database WHERE datname = \(quotedLiteral(migration.source.name)))))
      """)
    try await migration.run("copy")
    try migration.target.execute(
      "UPDATE __backfill.session SET source_fingerprint = source_fingerprint || '{\"shard\": \"7\"}'")
    let unknown = try await migration.run("verify", exits: 1)
    #expect(unknown.stderr.contains("source: shard was 7, which"), "\(unknown)")
  }
}
