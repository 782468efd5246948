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

  /// Commits are to be relied on here: a crash of the target would lose the queue otherwise.
  static func on(_ server: TestServer, setup: String) async throws -> ProxiedMigration {
    let settings = ["synchronous_commit": "on", "max_connections": "60"]
    let from = try await server.dedicatedCluster(extraSettings: settings)
    let to = try await server.dedicatedCluster(extraSettings: settings, identity: 1)
    let source = try await from.makeDatabase(version: server.timescaleVersion, setup: setup)
    let target = try await to.makeDatabase(version: server.timescaleVersion)
    try await source.dumpSchema(into: target)
    return try ProxiedMigration(from: source, to: target)
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
