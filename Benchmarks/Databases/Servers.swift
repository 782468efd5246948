import TestServers

/// The throwaway servers: one cluster for source and target, or one for each.
struct Servers {
  let server: TestServer
  let source: TestCluster
  let target: TestCluster

  var areTwo: Bool { source !== target }

  /// Beyond what tests run with: nothing runs by itself in the middle of a measurement.
  static func settings(durable: Bool) -> [String: String] {
    var settings = [
      "shared_buffers": "512MB",
      "autovacuum": "off",
      "checkpoint_timeout": "1h",
      "max_wal_size": "16GB",
      "max_connections": "200",
      // 20,000 chunks with their indexes in one statement.
      "max_locks_per_transaction": "2048",
    ]
    if durable {
      settings.merge(["fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"]) { $1 }
    }
    return settings
  }

  static func start(_ server: TestServer, two: Bool, durable: Bool) async throws -> Servers {
    let settings = settings(durable: durable)
    let source = try await server.dedicatedCluster(extraSettings: settings)
    let target = two ? try await server.dedicatedCluster(extraSettings: settings) : source
    return Servers(server: server, source: source, target: target)
  }

  /// What a reader has to know of the servers to place the numbers.
  func described() throws -> [String: String] {
    let names = [
      "fsync", "full_page_writes", "synchronous_commit", "wal_level", "shared_buffers",
      "maintenance_work_mem",
      "max_wal_size", "autovacuum",
    ]
    let rows = try SQLSession(connectionString: target.superuserConnectionString(database: "postgres")).query(
      "SELECT name, current_setting(name) FROM pg_settings WHERE name IN ("
        + names.map(quotedLiteral).joined(separator: ", ") + ")")
    return Dictionary(uniqueKeysWithValues: rows.map { ($0[0] ?? "", $0[1] ?? "") })
  }

  /// The server of newest version, or of the one asked for, that has the Community edition.
  static func choose(_ version: String?) throws -> TestServer {
    let offered = TestServer.community
    guard let version else {
      guard let newest = offered.last else { throw BenchmarkError("no server: \(offered.reason)") }
      return newest
    }
    guard let found = offered.last(where: { $0.timescaleVersion.description == version }) else {
      let known = offered.map(\.timescaleVersion.description).joined(separator: ", ")
      throw BenchmarkError("no TimescaleDB \(version) (Community) found; there are: \(known)")
    }
    return found
  }
}

/// What kept the benchmarks from being run, for the person who runs them.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
