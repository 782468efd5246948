import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing
import Waiting

/// Whichever side fails in mid-COPY: the error names that side, none of the rows stay, and each session either answers
/// on or is found unusable. Sources without end show that the rest isn't sent for nothing.
@Suite(
  "A COPY that fails half-way", .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct CopyFailureTests {
  static let endless: SQL =
    "SELECT i, repeat('x', 100) FROM (SELECT generate_series(1::int8, 1000000000)) AS s (i)"

  private func database() async throws -> TestDatabase {
    try await TestDatabase.plain(
      setup: "CREATE TABLE public.t (id int8 CONSTRAINT small CHECK (id <= 5000), body text)")
  }

  /// Pumps `rows` into `target`'s table and cleans up as the engine does.
  private static func pump(
    _ rows: SQL, from source: borrowing Connection, into target: borrowing Connection,
    progress: (Int) -> Void = { _ in }
  ) throws -> PostgresError? {
    try source.send("BEGIN; COPY (\(rows)) TO STDOUT (FORMAT binary); SELECT 1", doing: "reading")
    try target.send("BEGIN; SAVEPOINT work; COPY public.t FROM STDIN (FORMAT binary)", doing: "writing")
    return try postgresError {
      do {
        try target.awaitCopy(doing: "writing")
        try source.awaitCopy(doing: "reading")
        _ = try source.pumpCopy(into: target, doing: "copying", progress: progress)
        try target.drain(doing: "writing")
      } catch {
        source.abandonStatement()
        target.abandonStatement()
        throw error
      }
    }
  }

  private static func expectUndone(_ target: borrowing Connection) throws {
    #expect(target.isInTransaction == true)
    try target.run("ROLLBACK TO SAVEPOINT work")
    #expect(try target.value("SELECT count(*) FROM public.t") == "0")
    target.rollBack()
    #expect(try target.answers())
  }

  @Test("at the source's first row") func sourceAtOnce() async throws {
    try await database().withTwoConnections { source, target throws in
      let error = try Self.pump("SELECT 1 / (SELECT 0), ''", from: source, into: target)
      #expect(error?.side == .source)
      #expect(error?.sqlState == "22012")
      source.rollBack()
      #expect(try source.answers())
      try Self.expectUndone(target)
    }
  }

  @Test("in the source's rows", arguments: [2, 4000]) func source(row: Int) async throws {
    try await database().withTwoConnections { source, target throws in
      let error = try Self.pump(
        "SELECT i / (i - \(row))::int8, repeat('x', 1000) FROM generate_series(1, 5000::int8) i",
        from: source,
        into: target)
      #expect(error?.side == .source)
      #expect(error?.sqlState == "22012")
      source.rollBack()
      #expect(try source.answers())
      try Self.expectUndone(target)
    }
  }

  @Test("as the source's relation isn't there") func sourceMissing() async throws {
    try await database().withTwoConnections { source, target throws in
      let error = try Self.pump("SELECT * FROM nowhere", from: source, into: target)
      #expect(error?.side == .source)
      #expect(error?.sqlState == "42P01")
      try Self.expectUndone(target)
    }
  }

  @Test("in the target's rows, while the source would go on for ever") func target() async throws {
    try await database().withTwoConnections { source, target throws in
      let error = try Self.pump(Self.endless, from: source, into: target)
      #expect(error?.side == .target)
      #expect(error?.sqlState == "23514")
      #expect(error?.constraint == "small")
      source.rollBack()
      #expect(try source.answers())
      try Self.expectUndone(target)
    }
  }

  @Test("in the target's last row") func targetAtTheEnd() async throws {
    try await database().withTwoConnections { source, target throws in
      let error = try Self.pump(
        "SELECT i::int8, '' FROM generate_series(4990, 5001) i", from: source, into: target)
      #expect(error?.side == .target)
      #expect(error?.sqlState == "23514")
      source.rollBack()
      #expect(try source.answers())
      try Self.expectUndone(target)
    }
  }

  @Test("as the source's session is thrown out") func sourceLost() async throws {
    let database = try await database()
    try await database.withTwoConnections { source, target throws in
      let backend = try source.backend()
      var terminated = false
      let error = try Self.pump(
        "SELECT i::int8, repeat('x', 100000) || pg_sleep(i / 50 * 1000)::text FROM generate_series(1, 50) i",
        from: source,
        into: target
      ) { _ in
        guard !terminated else { return }
        terminated = true
        #expect(throws: Never.self) { try database.terminate(backend) }
      }
      #expect(terminated)
      #expect(error?.side == .source)
      #expect(error?.kind == .connectionLost)
      // The server's last words, unless the network took them along.
      #expect(error?.sqlState == nil || error?.sqlState == "57P01")
      #expect(source.isUsable == false)
      try Self.expectUndone(target)
    }
  }

  @Test("as the target's session is thrown out") func targetLost() async throws {
    let database = try await database()
    try database.execute("ALTER TABLE public.t DROP CONSTRAINT small")
    try await database.withTwoConnections { source, target throws in
      let backend = try target.backend()
      var terminated = false
      let error = try Self.pump(Self.endless, from: source, into: target) { _ in
        guard !terminated else { return }
        terminated = true
        #expect(throws: Never.self) { try database.terminate(backend) }
      }
      #expect(terminated)
      #expect(error?.side == .target)
      #expect(error?.kind == .connectionLost)
      #expect(target.isUsable == false)
      source.rollBack()
      #expect(try source.answers())
      #expect(try source.value("SELECT count(*) FROM public.t") == "0")
    }
  }

  @Test("as the run is cancelled while the source is waited for") func cancelledWaiting() async throws {
    let database = try await database()
    let interrupt = Interrupt()
    async let failure = database.withTwoConnections(interrupt: interrupt) { source, target throws in
      try Self.pump("SELECT 1::int8, 'x' || pg_sleep(1000)::text", from: source, into: target)
    }
    try await DedicatedThread.run { () throws(any Error) in
      try database.waitUntil(
        """
        EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep')
        AND EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%FROM STDIN%'
          AND wait_event = 'ClientRead')
        """)
    }
    interrupt.advance(to: .cancelled)
    #expect(try await failure?.kind == .cancelled)
    try await expectNoSessions(database)
  }

  @Test("as the run is cancelled while rows flow") func cancelledFlowing() async throws {
    let database = try await database()
    try database.execute("ALTER TABLE public.t DROP CONSTRAINT small")
    let interrupt = Interrupt()
    let failure = try await database.withTwoConnections(interrupt: interrupt) { source, target throws in
      var blocks = 0
      return try Self.pump(Self.endless, from: source, into: target) { _ in
        blocks += 1
        if blocks == 20 { interrupt.advance(to: .cancelled) }
      }
    }
    #expect(failure?.kind == .cancelled)
    try await expectNoSessions(database)
  }

  /// The servers have stopped working for sessions that are gone.
  private func expectNoSessions(_ database: TestDatabase) async throws {
    try await DedicatedThread.run { () throws(any Error) in
      try database.waitUntil(
        """
        NOT EXISTS (SELECT FROM pg_stat_activity
          WHERE datname = current_database() AND application_name LIKE 'timescaledb-backfill%')
        """)
      #expect(try database.value("SELECT count(*) FROM public.t") == "0")
    }
  }
}
