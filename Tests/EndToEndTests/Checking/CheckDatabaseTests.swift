import TestServers
import TestTraits
import Testing

@Suite("check compares databases as a whole", .needsServer) struct CheckDatabaseTests {
  private static let setup = CheckTests.table + CheckTests.rows

  private func pair(
    _ server: TestServer, source: DatabaseOptions = .init(), target: DatabaseOptions = .init()
  ) async throws -> Migration {
    Migration(
      from: try await server.makeDatabase(options: source, setup: Self.setup),
      to: try await server.makeDatabase(options: target, setup: CheckTests.table))
  }

  @Test("encodings and collations", arguments: TestServer.one)
  func texts(server: TestServer) async throws {
    let latin = DatabaseOptions(encoding: "LATIN1", locale: "C")
    let answer = try await pair(server, target: latin).check()
    #expect(answer.codes("warning") == ["encodings-differ", "collations-differ"], "\(answer.findings)")
    let none = DatabaseOptions(encoding: "SQL_ASCII", locale: "C")
    let unknown = try await pair(server, source: none, target: latin).check()
    #expect(unknown.codes("warning") == ["sql-ascii"], "\(unknown.findings)")
  }

  /// glibc's C.UTF-8 has no version; ICU's locales have, and are a database's from PostgreSQL 15 on.
  static let withICU = Servers(.newest, .icu, .postgres(15))

  @Test("collations that have another version by now", .needs(withICU), arguments: withICU)
  func outdated(server: TestServer) async throws {
    let options = DatabaseOptions(icuLocale: "en")
    let migration = try await pair(server, source: options, target: options)
    try await migration.expectFinding(
      "collation-outdated", level: "warning", side: "target", object: "\"\(migration.target.name)\"",
      saying: "another version",
      after: {
        try migration.target.executeAsSuperuser(
          "UPDATE pg_database SET datcollversion = '1' WHERE datname = current_database()")
      }, mendedBy: { try migration.target.executeAsSuperuser($0) })
  }

  @Test("time zones of sessions", arguments: TestServer.one)
  func timeZones(server: TestServer) async throws {
    let migration = try await pair(server)
    try await migration.expectFinding(
      "time-zones-differ", level: "note", side: "target", object: "\"\(migration.target.name)\"",
      saying: "Asia/Kathmandu on the source",
      after: {
        try migration.source.execute(
          "ALTER DATABASE \(migration.source.name) SET timezone = 'Asia/Kathmandu'")
      }, mendedBy: { try migration.target.execute($0) })
  }

  /// A clock of the database's own, as the machine has one.
  @Test("clocks", arguments: TestServer.one)
  func clocks(server: TestServer) async throws {
    let migration = try await pair(server)
    try await migration.expectFinding(
      "clocks-differ", level: "warning", side: nil, saying: "the target's clock is ahead by",
      after: {
        try migration.target.executeAsSuperuser(
          """
          SET allow_system_table_mods = on;
          ALTER FUNCTION pg_catalog.clock_timestamp() RENAME TO true_clock;
          CREATE FUNCTION pg_catalog.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
          AS 'SELECT pg_catalog.true_clock() + interval ''1 minute'''
          """)
      }, mendedBy: nil)
  }

  @Test("states: not installed, being restored, the same", arguments: TestServer.ends)
  func states(server: TestServer) async throws {
    let migration = try await pair(server)
    let bare = try await server.makeDatabase(options: DatabaseOptions(hasTimescale: false))
    let lacking = try await Migration(from: migration.source, to: bare).check().one("no-timescaledb")
    #expect(lacking.level == "stop" && lacking.side == "target", "\(lacking)")
    try bare.executeAsSuperuser(try #require(lacking.mend))
    #expect(try await Migration(from: migration.source, to: bare).check().all("no-timescaledb") == [])

    try migration.target.executeAsSuperuser(
      "ALTER DATABASE \(migration.target.name) SET timescaledb.restoring = 'on'")
    let restoring = try await migration.check().one("restoring")
    #expect(restoring.level == "stop" && restoring.side == "target", "\(restoring)")
    try migration.target.executeAsSuperuser(try #require(restoring.mend))
    #expect(try await migration.check().all("restoring") == [])

    let same = try await Migration(from: migration.source, to: migration.source).check()
    #expect(try same.one("same-database").level == "stop")
  }

  @Test("editions", .needs(TestServer.communityEnds), arguments: TestServer.communityEnds)
  func editions(server: TestServer) async throws {
    let (theirs, ours) = (try await server.dedicatedCluster(), try await server.dedicatedCluster())
    let source = try await theirs.makeDatabase(
      version: server.timescaleVersion,
      setup: Self.setup + """
        ALTER TABLE readings SET (timescaledb.compress);
        SELECT compress_chunk(c) FROM show_chunks('readings') AS c;
        """)
    let target = try await ours.makeDatabase(version: server.timescaleVersion, setup: CheckTests.table)
    let migration = Migration(from: source, to: target)
    #expect(try await migration.check().all("apache-target") == [])
    try target.executeAsSuperuser("ALTER SYSTEM SET timescaledb.license = 'apache'")
    try await ours.restart()
    let found = try await migration.check().one("apache-target")
    #expect(found.level == "warning" && found.side == "target", "\(found)")
    for statement in try #require(found.mend).split(separator: ";") {
      try target.executeAsSuperuser(String(statement))
    }
    try await ours.restart()
    #expect(try await migration.check().all("apache-target") == [])
    try target.executeAsSuperuser("ALTER SYSTEM SET timescaledb.license = 'apache'")
    try await ours.restart()
    try source.executeAsSuperuser("ALTER SYSTEM SET timescaledb.license = 'apache'")
    try await theirs.restart()
    let both = try await migration.check()
    #expect(both.all("apache-target") == [], "\(both.findings)")
    let stop = try both.one("apache-source")
    #expect(stop.level == "stop" && stop.side == "source", "\(stop)")
    let refused = try await migration.run("stage", "--until", "2024-02-01", exits: 1)
    #expect(refused.stderr.contains("cannot read compressed rows"), "\(refused)")
  }

  @Test("versions", .enabled(if: TestServer.ends.count > 1, "needs two versions of TimescaleDB"))
  func versions() async throws {
    let (old, new) = (try #require(TestServer.ends.first), try #require(TestServer.ends.last))
    let source = try await new.makeDatabase(setup: Self.setup)
    let target = try await old.makeDatabase(setup: CheckTests.table)
    let answer = try await Migration(from: source, to: target).check()
    let found = try answer.one("timescaledb-versions-differ")
    #expect(found.level == "stop" && found.message.contains("\(old.timescaleVersion)"), "\(found)")
    #expect(found.mend == "ALTER EXTENSION timescaledb UPDATE TO '\(new.timescaleVersion)';")
  }

  private static let bothICU = Servers(.ends, .icu, .postgres(15))

  @Test(
    "rules of collations, each server with the ICU that it is built with",
    .enabled(if: bothICU.count > 1, "needs two versions of TimescaleDB where PostgreSQL has ICU"))
  func collationRules() async throws {
    let (old, new) = (try #require(Self.bothICU.first), try #require(Self.bothICU.last))
    let source = try await new.makeDatabase(setup: Self.setup)
    let target = try await old.makeDatabase(setup: CheckTests.table)
    let column = "ALTER TABLE readings ADD COLUMN kind text COLLATE \"en-x-icu\""
    let version = "SELECT pg_collation_actual_version(oid) FROM pg_collation WHERE collname = 'en-x-icu'"
    try source.execute(column)
    try target.execute(column)
    let rules = try await Migration(from: source, to: target).check().all("column-collation-rules-differ")
    let isSame = try source.value(version) == target.value(version)
    #expect(rules.isEmpty == isSame, "\(rules)")
    #expect(rules.allSatisfy { $0.level == "note" && $0.mend == nil }, "\(rules)")
  }
}
