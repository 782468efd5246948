import Synchronization
import TestServers

/// What stands through all rounds: a source's and a target's cluster, a proxy before each, and the databases that
/// each round's are copies of.
final class Stand: Sendable {
  let server: TestServer
  let ground: Ground
  let source: TestCluster
  let target: TestCluster
  let sourceProxy: FaultyProxy
  let targetProxy: FaultyProxy
  let targetTemplate: TestDatabase
  let origins = Mutex<[SourceText: Origin]>([:])
  let originals = Mutex<[String: Contents]>([:])
  let follower = Mutex<TestCluster?>(nil)
  /// Where `tiny` is on the target; nil with the reason where none can be mounted.
  let disk: Result<ScarceDisk, HarnessError>

  /// Of its own: what the other tests' servers are spared, that a server's answer to COMMIT may be relied on.
  private static let settings = [
    "synchronous_commit": "on", "max_wal_size": "256MB", "checkpoint_timeout": "30s",
    "shared_buffers": "64MB",
    "max_connections": "60", "max_locks_per_transaction": "256", "autovacuum": "off",
    // The judge's queries are too cheap for it, and forbidding plans makes them look dear.
    "jit": "off",
    // For a standby that was kept from following.
    "wal_keep_size": "512MB",
  ]

  init(on server: TestServer) async throws {
    self.server = server
    ground = Ground(isCommunity: server.isCommunity)
    source = try await server.dedicatedCluster(extraSettings: Self.settings)
    target = try await server.dedicatedCluster(extraSettings: Self.settings, identity: 1)
    sourceProxy = try FaultyProxy(to: source.port)
    targetProxy = try FaultyProxy(to: target.port)
    do {
      disk = .success(try await ScarceDisk(of: target, megabytes: 16))
    } catch let error as HarnessError {
      disk = .failure(error)
    }
    var space: String?
    if case .success(let disk) = disk {
      try target.executeAsSuperuser("CREATE TABLESPACE tiny LOCATION \(quotedLiteral(disk.location))")
      try target.executeAsSuperuser("GRANT CREATE ON TABLESPACE tiny TO \(TestCluster.appUser)")
      space = "tiny"
    }
    targetTemplate = try await target.makeDatabase(
      version: server.timescaleVersion, name: "ground", setup: Ground.decoy + ground.schema(tinySpace: space))
    if !server.isCommunity { try targetTemplate.execute(Ground.targetChunks) }
    // Lets indexes of large chunks be rebuilt.
    try targetTemplate.executeAsSuperuser(
      "GRANT CREATE ON SCHEMA _timescaledb_internal TO \(TestCluster.appUser)")
    // What was written to both from the day that dual writes began.
    for table in Ground.liveTables {
      try targetTemplate.execute(Ground.liveRow(table, number: 0))
    }
  }

  /// Puts right what a round that failed may have left.
  func recover() async throws {
    sourceProxy.heal()
    sourceProxy.lead(to: source.port)
    targetProxy.heal()
    if let standby = follower.withLock({ $0 }) {
      try standby.executeAsSuperuser("SELECT pg_wal_replay_resume()")
    }
    if case .success(let disk) = disk { disk.empty() }
    for cluster in [source, target] {
      try cluster.resume()
      try await cluster.restart(immediate: true)
      try cluster.executeAsSuperuser(
        "ALTER ROLE \(TestCluster.appUser) RESET ALL; ALTER ROLE \(TestCluster.appUser) CONNECTION LIMIT -1")
    }
  }
}
