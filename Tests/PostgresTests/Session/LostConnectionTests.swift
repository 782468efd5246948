import CLibpq
import TestConnections
import TestServers
import TestTraits
import Testing
import Waiting

@testable import Postgres

@Suite(
  "A lost connection", .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct LostConnectionTests {
  /// The server's own words are the reason; that the socket then closed is only what followed.
  private func expectLost(_ error: PostgresError?, _ connection: borrowing Connection) {
    #expect(error?.kind == .connectionLost)
    #expect(error?.isConnectionTrouble == true)
    #expect(error?.sqlState == "57P01", "\(error.map { "\($0)" } ?? "")")
    #expect(error?.message == "terminating connection due to administrator command")
    #expect(connection.isUsable == false)
    #expect(connection.isInTransaction == false)
  }

  @Test("is noticed by the next statement") func whileIdle() async throws {
    let database = try await TestDatabase.plain()
    try await database.withConnection { connection throws in
      let backend = try connection.backend()
      _ = try database.value("SELECT pg_terminate_backend(\(backend), 30000)")
      expectLost(try postgresError { try connection.run("SELECT 1") }, connection)
    }
  }

  /// libpq takes what comes unasked for a notice, and would write it to standard error.
  @Test("has the server's reason, even one that came while nothing was asked") func reason() async throws {
    let database = try await TestDatabase.plain()
    try await database.withConnection { connection throws in
      let backend = try connection.backend()
      _ = try database.value("SELECT pg_terminate_backend(\(backend), 30000)")
      try connection.waitForSocket(.readable, doing: "testing")
      // As happens where a statement can't be sent any more.
      while PQconsumeInput(connection.handle) == 1, PQisBusy(connection.handle) == 0 {}
      for _ in 0..<3 {
        let error = try postgresError { try connection.run("SELECT 1") }
        #expect(error?.sqlState == "57P01", "\(error.map { "\($0)" } ?? "")")
        #expect(error?.message == "terminating connection due to administrator command")
      }
    }
  }

  @Test("is noticed in the middle of a statement") func whileWaiting() async throws {
    let database = try await TestDatabase.plain()
    try await database.withConnection { connection throws in
      let backend = try connection.backend()
      try connection.run("BEGIN")
      try connection.send("SELECT pg_sleep(1000)", doing: "testing")
      try database.terminate(backend, running: "%pg_sleep%")
      expectLost(try postgresError { try connection.drain(doing: "testing") }, connection)
      connection.rollBack()
      connection.abandonStatement()
      connection.cancelStatement()
    }
  }

  @Test("stays an error for every later statement") func later() async throws {
    let database = try await TestDatabase.plain()
    try await database.withConnection { connection throws in
      let backend = try connection.backend()
      _ = try database.value("SELECT pg_terminate_backend(\(backend), 30000)")
      for _ in 0..<3 {
        let error = try postgresError { try connection.run("SELECT 1") }
        #expect(error?.kind == .connectionLost)
        #expect(error?.message != "")
      }
    }
  }
}
