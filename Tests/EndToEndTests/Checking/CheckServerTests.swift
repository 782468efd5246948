import TestServers
import TestTraits
import Testing

/// On servers of their own, as settings, slots and limits are a server's.
@Suite("check names a server's", .needsServer) struct CheckServerTests {
  private static let setup = CheckTests.table + CheckTests.rows

  /// A pair whose target is on a server with these settings.
  private func pair(
    _ server: TestServer, _ settings: [String: String] = [:]
  ) async throws -> (migration: Migration, cluster: TestCluster) {
    let cluster = try await server.dedicatedCluster(extraSettings: settings)
    let target = try await cluster.makeDatabase(version: server.timescaleVersion, setup: CheckTests.table)
    let source = try await server.makeDatabase(setup: Self.setup)
    return (Migration(from: source, to: target), cluster)
  }

  @Test("limits of sessions", arguments: TestServer.ends)
  func sessions(server: TestServer) async throws {
    let (migration, cluster) = try await pair(server, ["max_connections": "20"])
    let target = migration.target
    let server = try await migration.check("-p", "30").one("connection-slots")
    #expect(server.level == "warning" && server.side == "target" && server.object == nil, "\(server)")
    #expect(server.message.contains("needs 31 sessions, and the server has room for"), "\(server)")
    #expect(server.mend?.hasPrefix("ALTER SYSTEM SET max_connections = ") == true, "\(server)")
    #expect(try await migration.check("-p", "5").all("connection-slots") == [])
    for (limit, object) in [
      ("ROLE app", "\"app\""), ("DATABASE \(target.name)", "\"\(target.name)\""),
    ] {
      try cluster.executeAsSuperuser("ALTER \(limit) CONNECTION LIMIT 4")
      let found = try await migration.check("-p", "5").one("connection-slots")
      #expect(found.level == "warning" && found.object == object, "\(found)")
      #expect(found.message.contains("needs 6 sessions") && found.message.contains("room for 4"), "\(found)")
      try cluster.executeAsSuperuser(try #require(found.mend))
      #expect(try await migration.check("-p", "5").all("connection-slots") == [])
      #expect(try await migration.check("-p", "6").all("connection-slots").count == 1)
      try cluster.executeAsSuperuser("ALTER \(limit) CONNECTION LIMIT -1")
    }
    // With one session nothing can be copied at all: a worker and what looks after it are two.
    try cluster.executeAsSuperuser("ALTER ROLE app CONNECTION LIMIT 1")
    let none = try await migration.check("-p", "1").one("connection-slots")
    #expect(none.level == "stop" && none.message.contains("needs 2 sessions"), "\(none)")
  }

  @Test("locks, where there are more tables", arguments: TestServer.one)
  func locks(server: TestServer) async throws {
    let (migration, cluster) = try await pair(
      server,
      [
        "max_locks_per_transaction": "10", "max_connections": "20", "max_wal_senders": "0",
        "max_worker_processes": "4", "wal_level": "minimal",
      ])
    try await migration.expectFinding(
      "lock-table", level: "warning", side: "target", saying: "locks all of its chunks",
      after: {
        for round in 0..<10 {
          try migration.target.execute(
            """
            DO $$ BEGIN FOR i IN 1..60 LOOP
              EXECUTE format('CREATE TABLE filler_%s_%s ()', \(round), i);
              COMMIT;
            END LOOP; END $$
            """)
        }
      }, mendedBy: nil)
    let found = try await migration.check().one("lock-table")
    try cluster.executeAsSuperuser(try #require(found.mend))
    try await cluster.restart()
    #expect(try await migration.check().all("lock-table") == [])
  }

  @Test("processes for jobs", arguments: TestServer.one)
  func workers(server: TestServer) async throws {
    let (migration, cluster) = try await pair(
      server, ["max_worker_processes": "8", "timescaledb.max_background_workers": "16"])
    let found = try await migration.check().one("worker-processes")
    #expect(found.level == "note" && found.message.contains("is 8"), "\(found)")
    try cluster.executeAsSuperuser(try #require(found.mend))
    try await cluster.restart()
    #expect(try await migration.check().all("worker-processes") == [])
  }

  @Test("write-ahead log: archiving, slots and standbys", arguments: TestServer.one)
  func log(server: TestServer) async throws {
    let (migration, cluster) = try await pair(server, ["archive_mode": "on", "archive_command": "true"])
    let target = migration.target
    #expect(try await migration.check().one("archiving").level == "note")
    try await migration.expectFinding(
      "archiving-fails", level: "warning", side: "target", saying: "until the disk is full",
      after: {
        try target.executeAsSuperuser("ALTER SYSTEM SET archive_command = 'false'")
        try target.executeAsSuperuser("SELECT pg_reload_conf()")
        try target.executeAsSuperuser("SELECT pg_switch_wal()")
        try await target.wait(
          until: "(SELECT last_failed_time > coalesce(last_archived_time, '-infinity') FROM pg_stat_archiver)"
        )
      }, mendedBy: nil)
    try await migration.expectFinding(
      "inactive-slot", level: "warning", side: "target", object: #""left_over""#, saying: "nobody uses",
      after: {
        try target.executeAsSuperuser("SELECT pg_create_physical_replication_slot('left_over', true)")
      },
      mendedBy: { try target.executeAsSuperuser($0) })
    try await migration.expectFinding(
      "no-synchronous-standby", level: "stop", side: "target", saying: "for ever",
      after: {
        try target.executeAsSuperuser("ALTER SYSTEM SET synchronous_commit = 'on'")
        try target.executeAsSuperuser("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        try target.executeAsSuperuser("SELECT pg_reload_conf()")
        try await target.wait(until: "current_setting('synchronous_standby_names') = 'nobody'")
      }, mendedBy: nil)
    let mend = try #require(try await migration.check().one("no-synchronous-standby").mend)
    for statement in mend.split(separator: ";") { try target.executeAsSuperuser(String(statement)) }
    try await target.wait(until: "current_setting('synchronous_standby_names') = ''")
    #expect(try await migration.check().all("no-synchronous-standby") == [])
    let standby = try await cluster.standby()
    try target.executeAsSuperuser("ALTER SYSTEM SET synchronous_standby_names = '*'")
    try target.executeAsSuperuser("SELECT pg_reload_conf()")
    try await target.wait(until: "current_setting('synchronous_standby_names') = '*'")
    let attached = try await migration.check()
    #expect(try attached.one("synchronous-standbys").level == "note", "\(attached.findings)")
    #expect(attached.codes("stop") == [], "\(attached.findings)")
    try await standby.stop()
  }

  @Test("log that is small beside what is loaded", arguments: TestServer.one)
  func smallLog(server: TestServer) async throws {
    let (migration, _) = try await pair(server, ["max_wal_size": "32MB", "min_wal_size": "32MB"])
    #expect(try await migration.check().all("small-wal") == [])
    try migration.source.execute(
      """
      ALTER TABLE readings ADD COLUMN filler text;
      ALTER TABLE readings ALTER COLUMN filler SET STORAGE PLAIN;
      INSERT INTO readings SELECT '2024-01-02Z'::timestamptz + i * interval '1 s', 1, 1, repeat('x', 7000)
      FROM generate_series(1, 20000) AS i
      """)
    try migration.target.execute("ALTER TABLE readings ADD COLUMN filler text")
    let found = try await migration.check().one("small-wal")
    #expect(found.level == "note" && found.message.contains("33.6 MB"), "\(found)")
  }

  @Test("state as a standby that doesn't keep up", arguments: TestServer.one)
  func standby(server: TestServer) async throws {
    let cluster = try await server.dedicatedCluster(extraSettings: ["synchronous_commit": "on"])
    let primary = try await cluster.makeDatabase(version: server.timescaleVersion, setup: Self.setup)
    let standby = try await cluster.standby(extraSettings: ["hot_standby": "on"])
    try await cluster.waitUntilReplayed(on: standby)
    let target = try await server.makeDatabase(setup: CheckTests.table)
    let migration = Migration(from: standby.database(like: primary), to: target)
    #expect(try await migration.check().one("standby-cancels").level == "note")
    try await migration.expectFinding(
      "lagging-standby", level: "warning", side: "source", saying: "replay is paused",
      after: {
        try standby.executeAsSuperuser("SELECT pg_wal_replay_pause()")
        try primary.execute("INSERT INTO readings VALUES ('2024-01-02 00:30Z', 2, 2)")
      }, mendedBy: { try standby.executeAsSuperuser($0) })
    try await cluster.waitUntilReplayed(on: standby)
    let answer = try await migration.check()
    #expect(answer.codes("warning") == [] && answer.codes("stop") == [], "\(answer.findings)")
    // A standby is no target.
    let reversed = Migration(from: target, to: standby.database(like: primary))
    #expect(try await reversed.check().one("target-is-standby").level == "stop")
    #expect(
      try await Migration(from: migration.source, to: primary).check().one("source-follows-target").level
        == "stop")
  }

  @Test("state as a standby that has received more than it has replayed", arguments: TestServer.one)
  func delayed(server: TestServer) async throws {
    let cluster = try await server.dedicatedCluster(extraSettings: ["synchronous_commit": "on"])
    let primary = try await cluster.makeDatabase(version: server.timescaleVersion, setup: Self.setup)
    let standby = try await cluster.standby(
      extraSettings: ["hot_standby": "on", "hot_standby_feedback": "on", "recovery_min_apply_delay": "1h"])
    let source = standby.database(like: primary)
    let migration = Migration(from: source, to: try await server.makeDatabase(setup: CheckTests.table))
    let before = try await migration.check()
    #expect(before.all("lagging-standby") == [] && before.all("standby-cancels") == [], "\(before.findings)")
    // The first commit is waited with, and all that comes behind it.
    try primary.execute("CREATE TABLE filler AS SELECT repeat('x', 1000) FROM generate_series(1, 1000)")
    try primary.execute("CREATE TABLE more AS SELECT repeat('x', 1000) FROM generate_series(1, 30000)")
    try await source.wait(
      until: "pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) > 16 * 1024 * 1024")
    let found = try await migration.check().one("lagging-standby")
    #expect(found.level == "warning" && found.message.contains("is behind its primary by"), "\(found)")
  }
}
