import TestServers
import TestTraits
import Testing

@Suite("check tells a pooler", .needsServer, .needsPooler) struct CheckPoolerTests {
  @Test("in transaction mode from one in session mode", arguments: TestServer.one)
  func modes(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: CheckTests.table + CheckTests.rows)
    let (source, target) = (migration.source.connectionString, migration.target.connectionString)
    for mode in [Pooler.Mode.session, .transaction] {
      let pooler = try await Pooler(to: migration.target.cluster, mode: mode)
      for (side, strings) in [
        ("source", (pooler.through(source), target)), ("target", (source, pooler.through(target))),
      ] {
        let runner = CheckRunner(
          target: migration.target, backfill: BackfillProcess(source: strings.0, target: strings.1))
        let found = try await runner.check().all("transaction-pooler")
        #expect(found.map(\.side) == (mode == .transaction ? [side] : []), "\(found)")
        guard mode == .transaction else { continue }
        #expect(found.first?.level == "stop")
        let refused = try await runner.run("stage", "--until", "2024-02-01", exits: 1)
        #expect(refused.stderr.contains("a pooler in transaction mode"), "\(refused)")
      }
    }
  }
}
