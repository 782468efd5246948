import ChunkCatalog
import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing
import Waiting

@Suite(
  "The queue's lock", .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct RunLockTests {
  @Test(
    "can be held together only by commands that share it",
    arguments: [
      Case("two workers' commands", (.shared, .shared), true),
      Case("stage during copy", (.shared, .exclusive), false),
      Case("copy during stage", (.exclusive, .shared), false),
      Case("two stages", (.exclusive, .exclusive), false),
    ] as [Case<(RunLock.Mode, RunLock.Mode), Bool>])
  func modes(_ row: Case<(RunLock.Mode, RunLock.Mode), Bool>) async throws {
    try await TestDatabase.plain().withTwoConnections { one, two throws in
      #expect(try RunLock.take(row.input.0, on: one) == nil)
      #expect(try (RunLock.take(row.input.1, on: two) == nil) == row.expected)
    }
  }

  @Test("tells who holds it: program, host, process, since when") func holder() async throws {
    try await TestDatabase.plain().withTwoConnections { one, two throws in
      #expect(try RunLock.take(.exclusive, on: one) == nil)
      let holders = try #require(try RunLock.take(.shared, on: two))
      let process = try one.backend()
      #expect(holders.count == 1)
      let holder = try #require(holders.first)
      #expect(holder.application == "timescaledb-backfill test")
      #expect(holder.address == "127.0.0.1")
      #expect("\(holder.process)" == "\(process)")
      #expect(holder.since?.date.hasPrefix("20") == true, "\(holder)")
    }
  }

  @Test("tells all who hold it, and doesn't count who asks") func holders() async throws {
    try await TestDatabase.plain().withTwoConnections { one, two throws in
      #expect(try RunLock.take(.shared, on: one) == nil)
      #expect(try RunLock.take(.shared, on: two) == nil)
      let processes = [try one.backend(), try two.backend()]
      let holders = try #require(try RunLock.take(.exclusive, on: one))
      #expect(holders.count == 1)
      #expect(holders.first.map { "\($0.process)" } == "\(processes[1])")
    }
  }

  @Test("ends with its session") func ends() async throws {
    let database = try await TestDatabase.plain()
    try await database.withConnection(.target) { one throws in
      #expect(try RunLock.take(.exclusive, on: one) == nil)
    }
    try await database.withConnection(.target) { two throws in
      // The server takes a moment to see that a client is gone.
      try database.waitUntil(
        "NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
      )
      #expect(try RunLock.take(.exclusive, on: two) == nil)
    }
  }

  @Test("is each database's own") func otherDatabase() async throws {
    let other = try ConnectionString(try await TestDatabase.plain().connectionString)
    try await TestDatabase.plain().withConnection(.target) { one throws in
      let two = try Connection.open(
        other, side: .target, settings: .none, purpose: "test", interrupt: Interrupt())
      #expect(try RunLock.take(.exclusive, on: one) == nil)
      #expect(try RunLock.take(.exclusive, on: two) == nil)
    }
  }

  @Test("names other advisory locks as nobody's") func otherLocks() async throws {
    try await TestDatabase.plain().withTwoConnections { one, two throws in
      try one.run("SELECT pg_advisory_lock(42), pg_advisory_lock(1, 2)")
      #expect(try RunLock.take(.exclusive, on: two) == nil)
    }
  }
}
