import Foundation
import TestServers
import Testing

@Suite("A password", .needsServer) struct SecretsTests {
  private static let setup = """
    CREATE TABLE guarded (time timestamptz NOT NULL, value int);
    SELECT create_hypertable('guarded', 'time', chunk_time_interval => interval '1 day');
    INSERT INTO guarded SELECT t, 1 FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-05Z', '1 hour') AS t
    """

  /// Ways to give it.
  enum Way: String, CaseIterable, CustomTestStringConvertible {
    case uri
    case keywords
    case variable
    case passwordFile
    case service
    case arguments

    var testDescription: String { rawValue }
  }

  /// In no form that it has in a connection string, an environment or a message.
  private static let forms = [TestCluster.appPassword, "p%40ss", "ss:w/rd", "ss%3Aw", "p@ss", "w/rd"]

  private func environment(_ way: Way, _ source: TestDatabase, _ target: TestDatabase) throws -> [String:
    String]
  {
    let bare = { (database: TestDatabase) in
      "host=127.0.0.1 port=\(database.cluster.port) user=\(TestCluster.appUser) dbname=\(database.name)"
    }
    switch way {
    case .arguments: return [:]
    case .uri:
      return ["BACKFILL_SOURCE": source.connectionString, "BACKFILL_TARGET": target.connectionString]
    case .keywords: return ["BACKFILL_SOURCE": source.keywordString, "BACKFILL_TARGET": target.keywordString]
    case .variable:
      return [
        "BACKFILL_SOURCE": bare(source), "BACKFILL_TARGET": bare(target),
        "PGPASSWORD": TestCluster.appPassword,
      ]
    case .passwordFile:
      let escaped = TestCluster.appPassword.replacing("\\", with: "\\\\").replacing(":", with: "\\:")
      let path = NSTemporaryDirectory() + "/\(UUID().uuidString).pgpass"
      try "*:*:*:*:\(escaped)\n".write(toFile: path, atomically: false, encoding: .utf8)
      chmod(path, 0o600)
      return ["BACKFILL_SOURCE": bare(source), "BACKFILL_TARGET": bare(target), "PGPASSFILE": path]
    case .service:
      let path = NSTemporaryDirectory() + "/\(UUID().uuidString).conf"
      let entries = [("source", source), ("target", target)].map { name, database in
        "[\(name)]\n\(bare(database).replacing(" ", with: "\n"))\npassword=\(TestCluster.appPassword)\n"
      }
      try entries.joined().write(toFile: path, atomically: false, encoding: .utf8)
      return [
        "BACKFILL_SOURCE": "service=source", "BACKFILL_TARGET": "service=target", "PGSERVICEFILE": path,
      ]
    }
  }

  @Test("is found nowhere but where the user put it", arguments: Way.allCases)
  func nowhere(way: Way) async throws {
    let server = try #require(TestServer.newest)
    let migration = try await Migration.on(server, setup: Self.setup)
    let backfill = BackfillProcess(environment: try environment(way, migration.source, migration.target))
    var told: [(place: String, text: String)] = []
    // Both forms, and both strings with the password.
    let given =
      way == .arguments
      ? ["--source", migration.source.connectionString, "--target=\(migration.target.keywordString)"] : []
    let staged = try await backfill.run(["stage", "--until", "2024-02-01"] + given)
    #expect(staged.exitCode == 0, "\(staged)")
    told.append(("stage", "\(staged)"))

    let gate = try Gate(closedOn: migration.target)
    let running = try backfill.start(["copy", "-p2"] + given)
    try await gate.waitForArrivals(2)
    let activity = try migration.target.query(
      "SELECT application_name || ' ' || query FROM pg_stat_activity WHERE application_name LIKE 'timescaledb-backfill%'"
    )
    #expect(activity.count >= 2)
    told.append(("pg_stat_activity", "\(activity)"))
    for file in ["cmdline", "comm", "status"] {
      let data = try Data(contentsOf: URL(fileURLWithPath: "/proc/\(running.pid)/\(file)"))
      #expect(String(decoding: data, as: UTF8.self).contains(file == "cmdline" ? "copy" : "timescaledb"))
      told.append((file, String(decoding: data, as: UTF8.self)))
    }
    try gate.open()
    told.append(("copy", "\(try await running.wait())"))
    told.append(("verify", "\(try await backfill.run(["verify"] + given))"))
    for table in try migration.target.query("SELECT tablename FROM pg_tables WHERE schemaname = '__backfill'")
    {
      let rows = try migration.target.query("SELECT t::text FROM __backfill.\(table[0] ?? "") AS t")
      told.append((table[0] ?? "", "\(rows)"))
    }
    #expect(Set(told.map(\.place)).isSuperset(of: ["session", "task", "run"]))
    for (place, text) in told {
      for form in Self.forms { #expect(!text.contains(form), "\(place) tells \(form): \(text)") }
    }
  }

  @Test("that is changed while the program runs isn't told by what fails then", arguments: TestServer.one)
  func changed(server: TestServer) async throws {
    let rig = try await ProxiedMigration.on(server, setup: Self.setup)
    try await rig.run("stage", "--until", "2024-02-01")
    let gate = try Gate(closedOn: rig.target)
    let running = try rig.backfill.start(["copy", "-p2"])
    try await gate.waitForArrivals(2)
    try rig.target.executeAsSuperuser("ALTER ROLE \(TestCluster.appUser) PASSWORD 'another'")
    rig.targetProxy.cutAll()
    let outcome = try await running.wait()
    #expect(outcome.exitCode == 1, "\(outcome)")
    #expect(outcome.stderr.contains("password authentication failed"), "\(outcome)")
    expectNoSecret(outcome)
  }

  @Test("isn't told by what a random connection string comes to", arguments: [1, 2, 3] as [UInt64])
  func random(seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    let pieces = [
      "postgresql://", "postgres://", "app", ":", "s3cr3t", "@", "/", "?", "&", "=", "password=", "host=",
      "127.0.0.1",
      "port=", "1", "%", "%4", "'", "\\", " ", "[", "]", "::1", "sslmode=", "require", "dbname=", "\u{301}",
      "\"", "é",
      "\n", "hostaddr=", ",", "connect_timeout=1",
    ]
    for _ in 0..<25 {
      let text = (0..<Int.random(in: 1...9, using: &random)).map { _ in
        pieces.randomElement(using: &random) ?? ""
      }.joined()
      // A host that is a password is the user's own idea, and shown as a host.
      guard !text.contains("host=s3cr3t"), !text.contains("//s3cr3t") else { continue }
      let backfill = BackfillProcess(environment: [
        "BACKFILL_SOURCE": text + "password=s3cr3t",
        "BACKFILL_TARGET": "host=127.0.0.1 port=1 \(text) password='s3cr3t'",
        "PGPORT": "1", "PGHOST": "127.0.0.1", "PGCONNECT_TIMEOUT": "1",
      ])
      let outcome = try await backfill.run(["copy"], limit: .seconds(60))
      #expect(outcome.exitCode == 1 || outcome.exitCode == 2, "\(text): \(outcome)")
      #expect(!outcome.stdout.contains("s3cr3t") && !outcome.stderr.contains("s3cr3t"), "\(text): \(outcome)")
    }
  }
}
