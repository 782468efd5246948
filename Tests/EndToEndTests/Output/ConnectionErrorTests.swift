import Glibc
import TestServers
import Testing

@Suite("Connection errors", .needsServer) struct ConnectionErrorTests {
  /// Every command that connects.
  private static let commands = [
    ["stage", "--until", "2024-01-01"], ["copy"], ["verify"], ["refresh-caggs"],
  ]

  /// Runs a command that can't connect: one message, exit code 1, no second try, and nothing of the password.
  ///
  /// - Returns: standard error.
  private func refused(
    _ arguments: [String] = ["stage", "--until", "2024-01-01"], source: String, target: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let backfill = BackfillProcess(source: source, target: target)
    let outcome = try await backfill.run(arguments, limit: .seconds(120))
    #expect(outcome.exitCode == 1, "\(outcome)", sourceLocation: sourceLocation)
    #expect(!outcome.stderr.contains("connecting again"), "\(outcome)", sourceLocation: sourceLocation)
    expectNoSecret(outcome, sourceLocation: sourceLocation)
    #expect(!outcome.stderr.contains("hunter2"), "\(outcome)", sourceLocation: sourceLocation)
    let messages = outcome.stderr.split(separator: "\n").filter { $0.hasPrefix("error: ") }
    #expect(messages.count == 1, "\(outcome)", sourceLocation: sourceLocation)
    #expect(
      outcome.stdout.split(separator: "\n").count == 1, "\(outcome)", sourceLocation: sourceLocation)
    return outcome.stderr
  }

  @Test("a host that doesn't exist", arguments: TestServer.one)
  func unresolvable(server: TestServer) async throws {
    let database = try await server.makeDatabase()
    let host = "postgresql://app:hunter2@no-such-host.invalid/db"
    #expect(try await refused(source: host, target: database.connectionString).contains("source"))
    let message = try await refused(source: database.connectionString, target: host)
    #expect(message.contains("target") && message.contains("no-such-host.invalid"), "\(message)")
  }

  @Test("a port on which nothing listens", arguments: commands)
  func closedPort(command: [String]) async throws {
    let server = try #require(TestServer.newest)
    let database = try await server.makeDatabase()
    let closed = "host=127.0.0.1 port=1 user=app password=hunter2 dbname=db"
    let message = try await refused(command, source: closed, target: database.connectionString)
    #expect(message.contains("source") && message.contains("refused"), "\(message)")
  }

  @Test("a server that takes the connection and never answers", arguments: TestServer.one)
  func silent(server: TestServer) async throws {
    let database = try await server.makeDatabase()
    let silence = try SilentListener()
    let address = "host=127.0.0.1 port=\(silence.port) user=app password=hunter2 dbname=db"
    let message = try await refused(source: database.connectionString, target: address)
    #expect(message.contains("target") && message.contains("no answer from 127.0.0.1"), "\(message)")
  }

  @Test("a signal while a silent server is waited for ends the wait", arguments: TestServer.one)
  func stoppedWhileConnecting(server: TestServer) async throws {
    let silence = try SilentListener()
    let address = "host=127.0.0.1 port=\(silence.port) user=app password=hunter2 dbname=db"
    let backfill = BackfillProcess(source: address, target: address)
    let running = try backfill.start(["copy"])
    try silence.awaitCaller()
    await running.signal(SIGINT)
    try await running.waitUntilOutput(contains: "press Ctrl-C again")
    await running.signal(SIGINT)
    let outcome = try await running.wait(limit: .seconds(60))
    #expect(outcome.exitCode == 130, "\(outcome)")
  }

  @Test("a wrong password", arguments: commands)
  func wrongPassword(command: [String]) async throws {
    let server = try #require(TestServer.newest)
    let database = try await server.makeDatabase()
    let wrong = database.cluster.connectionString(database: database.name, password: "hunter2")
    let message = try await refused(command, source: wrong, target: database.connectionString)
    #expect(message.contains("source") && message.contains("password authentication failed"), "\(message)")
  }

  @Test("a database that doesn't exist", arguments: TestServer.one)
  func noDatabase(server: TestServer) async throws {
    let database = try await server.makeDatabase()
    let none = database.cluster.connectionString(database: "no such database")
    let message = try await refused(source: database.connectionString, target: none)
    #expect(message.contains("target") && message.contains("no such database"), "\(message)")
  }

  @Test("TLS that the server doesn't have", arguments: TestServer.one)
  func noTLS(server: TestServer) async throws {
    let database = try await server.makeDatabase()
    for mode in ["require", "verify-full"] {
      let secured = database.connectionString + "?sslmode=\(mode)"
      let message = try await refused(source: secured, target: database.connectionString)
      #expect(message.contains("source") && message.contains("SSL"), "\(message)")
    }
  }

  @Test("a database without TimescaleDB", arguments: TestServer.one)
  func noExtension(server: TestServer) async throws {
    let database = try await server.makeDatabase()
    let plain = try await server.makeDatabase(options: DatabaseOptions(hasTimescale: false))
    let source = try await refused(source: plain.connectionString, target: database.connectionString)
    #expect(source.contains("source") && source.contains("no TimescaleDB"), "\(source)")
    let target = try await refused(source: database.connectionString, target: plain.connectionString)
    #expect(target.contains("target") && target.contains("no TimescaleDB"), "\(target)")
  }
}
