import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing
import Waiting

@Suite(
  "Cancelling", .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct CancellationTests {
  @Test("wakes a session that waits for its server") func whileWaiting() async throws {
    let database = try await TestDatabase.plain()
    let interrupt = Interrupt()
    async let waiting = database.withConnection(interrupt: interrupt) { connection throws in
      try postgresError { try connection.execute("SELECT pg_sleep(1000)", doing: "sleeping") }
    }
    try await DedicatedThread.run { () throws(any Error) in
      try database.waitUntil(
        "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep')")
    }
    interrupt.advance(to: .cancelled)
    let error = try await waiting
    #expect(error?.kind == .cancelled)
    #expect(error?.operation == "sleeping")
  }

  @Test("isn't draining: what runs goes on to its end") func draining() async throws {
    let interrupt = Interrupt()
    let found = try await TestDatabase.plain().withConnection(interrupt: interrupt) { connection throws in
      interrupt.advance(to: .draining)
      return try connection.value("SELECT 1")
    }
    #expect(found == "1")
  }

  @Test("makes the server stop too, when the statement is abandoned") func abandoned() async throws {
    let database = try await TestDatabase.plain()
    try await database.withConnection { connection throws in
      try connection.send("SELECT pg_sleep(1000)", doing: "testing")
      let took = ContinuousClock().measure { connection.abandonStatement() }
      #expect(took < .seconds(60))
      #expect(try connection.answers())
    }
  }

  @Test("of nothing does nothing") func nothing() async throws {
    try await TestDatabase.plain().withConnection { connection throws in
      connection.abandonStatement()
      connection.cancelStatement()
      #expect(try connection.answers())
      try connection.run("BEGIN; SELECT 1")
      connection.abandonStatement()
      #expect(connection.isInTransaction == true)
    }
  }

  @Test("takes what a finished batch left off the connection") func leftovers() async throws {
    try await TestDatabase.plain().withConnection { connection throws in
      try connection.send("SELECT 1; SELECT 2; SELECT 3", doing: "testing")
      _ = try connection.nextRows(doing: "testing") { row throws(PostgresError) in try row.integer(0) }
      connection.abandonStatement()
      #expect(try connection.answers())
    }
  }

  @Test("leaves no session behind when it comes before connecting") func beforehand() async throws {
    let interrupt = Interrupt()
    interrupt.advance(to: .cancelled)
    let database = try await TestDatabase.plain()
    await #expect(throws: PostgresError.self) {
      try await database.withConnection(interrupt: interrupt) { _ in }
    }
  }
}
