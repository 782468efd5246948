import TestServers
import Testing

/// A migration between two servers of its own, with a proxy before each: what goes wrong here disturbs nobody else.
struct ProxiedMigration: CommandRunner {
  let migration: Migration
  let sourceProxy: FaultyProxy
  let targetProxy: FaultyProxy
  /// The program, going through the proxies.
  private(set) var backfill: BackfillProcess

  var source: TestDatabase { migration.source }
  var target: TestDatabase { migration.target }

  /// - Parameter until: the completion point, if all is to be staged.
  static func on(
    _ server: TestServer, setup: String, until: String? = nil
  ) async throws -> ProxiedMigration {
    let original = try await originals.value(Original(server: server, setup: setup, until: until))
    func copy(_ database: TestDatabase) async throws -> TestDatabase {
      try await database.cluster.copy(extraSettings: settings).database(like: database)
    }
    return try ProxiedMigration(from: try await copy(original.source), to: try await copy(original.target))
  }

  private struct Original: Hashable {
    let server: TestServer
    let setup: String
    let until: String?
  }

  /// Commits are to be relied on here: a crash of the target would lose the queue otherwise.
  private static let settings = ["synchronous_commit": "on", "max_connections": "60"]

  /// On stopped servers, of which each test gets copies.
  private static let originals = OnceEach<Original, Migration> { original in
    let server = original.server
    let from = try await server.dedicatedCluster(extraSettings: settings)
    let to = try await server.dedicatedCluster(extraSettings: settings, identity: 1)
    let migration = Migration(
      from: try await from.makeDatabase(
        version: server.timescaleVersion, name: "from", setup: original.setup),
      to: try await to.makeDatabase(version: server.timescaleVersion, name: "to"))
    try await migration.source.dumpSchema(into: migration.target)
    if let until = original.until {
      let outcome = try await migration.backfill.run(["stage", "--until", until])
      try #require(outcome.exitCode == 0, "\(outcome)")
    }
    try await from.stop(.fast)
    try await to.stop(.fast)
    return migration
  }

  init(from source: TestDatabase, to target: TestDatabase) throws {
    migration = Migration(from: source, to: target)
    sourceProxy = try FaultyProxy(to: source.cluster.port)
    targetProxy = try FaultyProxy(to: target.cluster.port)
    backfill = BackfillProcess(
      source: sourceProxy.connectionString(to: source), target: targetProxy.connectionString(to: target))
  }

  /// The same, where the program asks a server that says nothing for so many seconds whether it is there.
  func asking(afterSilenceOf seconds: Double) -> ProxiedMigration {
    var rig = self
    rig.backfill.environment["BACKFILL_SILENCE"] = "\(seconds)"
    return rig
  }

  /// Bytes a second on each connection.
  func throttle(_ rate: Int?) {
    sourceProxy.throttle(rate)
    targetProxy.throttle(rate)
  }
}

extension FaultyProxy {
  /// The database's connection string, through this proxy.
  func connectionString(to database: TestDatabase) -> String {
    database.connectionString.replacing(":\(database.cluster.port)/", with: ":\(port)/")
  }
}
