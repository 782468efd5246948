import TestServers
import TestTraits
import Testing

@Suite(
  .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct DedicatedClusterTests {
  let server: TestServer

  init() throws {
    server = try #require(TestServer.newest)
  }

  @Test("a server stopped in each way keeps its committed data and its port")
  func restart() async throws {
    let cluster = try await server.dedicatedCluster(extraSettings: ["synchronous_commit": "on"])
    let database = try await cluster.makeDatabase(
      version: server.timescaleVersion, setup: "CREATE TABLE kept AS SELECT 1 AS n")
    for way in [TestCluster.Shutdown.fast, .immediate, .kill] {
      try await cluster.stop(way)
      #expect(throws: HarnessError.self) { try database.query("SELECT 1") }
      try await cluster.start()
      #expect(try database.value("SELECT n FROM kept") == "1")
    }
  }

  @Test("a paused server answers nothing until it is resumed")
  func pause() async throws {
    let cluster = try await server.dedicatedCluster()
    let database = try await cluster.makeDatabase(version: server.timescaleVersion)
    let session = try database.session(limit: .seconds(1))
    try cluster.pause()
    #expect(throws: HarnessError.self) { try session.query("SELECT 1") }
    try cluster.resume()
    #expect(try database.value("SELECT 1") == "1")
  }

  @Test("extra settings are the server's")
  func settings() async throws {
    let cluster = try await server.dedicatedCluster(extraSettings: ["max_connections": "20"])
    let database = try await cluster.makeDatabase(version: server.timescaleVersion)
    #expect(try database.value("SHOW max_connections") == "20")
  }

  @Test(
    "a server with TLS is verified by its certificate",
    .needs(TestServer.oneWithTLS))
  func tls() async throws {
    let server = try TestServer.oneWithTLS.newest()
    let cluster = try await server.dedicatedCluster(tls: true)
    let certificate = try #require(cluster.certificatePath)
    let uri = cluster.superuserConnectionString(database: "postgres")
    let session = try SQLSession(
      connectionString: "\(uri)?sslmode=verify-full&sslrootcert=\(certificate)")
    #expect(
      try session.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == [["t"]])
  }
}
