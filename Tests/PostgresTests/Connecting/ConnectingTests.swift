import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing
import Waiting

@Suite("Connecting", .timeLimit(.minutes(10))) struct ConnectingTests {
  private func failure(
    _ text: String, interrupt: Interrupt = Interrupt(), timeout: Int = 12
  ) async throws -> PostgresError? {
    let string = try ConnectionString(text)
    return try await DedicatedThread.run { () throws(any Error) in
      try postgresError {
        let connection = try Connection.open(
          string, side: .target, settings: .none, purpose: "test", interrupt: interrupt, timeout: timeout)
        try connection.run("SELECT 1")
      }
    }
  }

  @Test("to a host that answers nothing ends in time, and says so") func deadHost() async throws {
    let listener = try SilentListener()
    let error = try await failure("host=127.0.0.1 port=\(listener.port)", timeout: 1)
    #expect(error?.kind == .connectionFailed)
    guard case .noAnswer(let address, 1) = error?.reason else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(address == ServerAddress(host: "127.0.0.1", port: "\(listener.port)"))
    #expect(error?.isConnectionTrouble == true)
  }

  @Test("keeps to the string's own time limit") func ownLimit() async throws {
    let listener = try SilentListener()
    let clock = ContinuousClock()
    let took = try await clock.measure {
      let error = try await failure("host=127.0.0.1 port=\(listener.port) connect_timeout=1", timeout: 10_000)
      #expect(error?.kind == .connectionFailed)
    }
    #expect(took < .seconds(60))
  }

  @Test("can be cancelled while nothing answers") func cancelled() async throws {
    let listener = try SilentListener()
    let interrupt = Interrupt()
    async let failure = failure("host=127.0.0.1 port=\(listener.port)", interrupt: interrupt, timeout: 10_000)
    try listener.awaitCaller()
    interrupt.advance(to: .cancelled)
    #expect(try await failure?.kind == .cancelled)
  }

  @Test("where nobody listens fails at once, and may be tried again") func nobody() async throws {
    let error = try await failure("host=127.0.0.1 port=1")
    #expect(error?.kind == .connectionFailed)
    #expect(error?.isConnectionTrouble == true)
  }

  @Test(
    "to a server with another language: a refusal for good is told from one that passes",
    arguments: [("28P01", false), ("3D000", false), ("28000", false), ("53300", true), ("57P03", true)])
  func localised(state: String, passes: Bool) async throws {
    let server = try RefusingServer(fields: [
      "S": "SCHWERWIEGEND", "V": "FATAL", "C": state, "M": "es geht nicht: so", "D": "weil", "F": "auth.c",
      "L": "331", "R": "auth_failed",
    ])
    let error = try #require(try await failure("host=127.0.0.1 port=\(server.port) user=u dbname=d"))
    #expect(error.sqlState == state)
    #expect(error.isConnectionTrouble == passes)
    #expect(error.message?.hasSuffix("SCHWERWIEGEND:  es geht nicht: so; DETAIL:  weil") == true, "\(error)")
  }

  @Test(
    "without a password that the server asks for fails for good",
    .needs(TestServer.all))
  func noPassword() async throws {
    let cluster = try await #require(TestServer.newest).cluster()
    let error = try #require(
      try await failure("host=127.0.0.1 port=\(cluster.port) user=app dbname=postgres passfile=/nonexistent"))
    #expect(error.kind == .connectionFailed)
    #expect(!error.isConnectionTrouble, "\(error)")
  }

  @Test(
    "with a wrong password or database fails for good, without telling the password",
    .needs(TestServer.all))
  func refused() async throws {
    let cluster = try await #require(TestServer.newest).cluster()
    for text in [
      cluster.connectionString(database: "postgres", password: "s3cr3t"),
      cluster.connectionString(database: "nowhere"),
      cluster.connectionString(database: "postgres", user: "nobody", password: "s3cr3t"),
    ] {
      let error = try #require(try await failure(text))
      #expect(error.kind == .connectionFailed)
      #expect(!error.isConnectionTrouble, "\(error)")
      #expect(!"\(error)".contains("s3cr3t"))
    }
  }

  @Test(
    "in the keyword form hides a host that is a piece of a password",
    .needs(TestServer.all))
  func passwordAsHost() async throws {
    let error = try #require(try await failure("host=s3cr3t@nowhere.invalid"))
    #expect(!"\(error)".contains("s3cr3t"))
    guard case .passwordInValue(of: "host") = error.reason else {
      Issue.record("\(error)")
      return
    }
  }
}
