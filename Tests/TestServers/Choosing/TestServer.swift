/// A kind of server the tests can run against: one PostgreSQL installation with one TimescaleDB version.
///
/// Meant as a test argument:
///
///     @Test("copies an empty chunk", arguments: TestServer.all)
///     func emptyChunk(server: TestServer) async throws {
///       let source = try await server.makeDatabase()
public struct TestServer: Sendable, Hashable, CustomStringConvertible {
  /// PostgreSQL's major version, such as 18.
  public let pgMajor: Int
  public let timescaleVersion: TimescaleVersion
  /// Whether the edition under the Timescale License is there: compression, continuous aggregates, create_chunk.
  public let isCommunity: Bool

  let installation: Installation

  public var description: String {
    let edition = isCommunity ? "Community" : "Apache"
    return "PostgreSQL \(pgMajor), TimescaleDB \(timescaleVersion) (\(edition))"
  }

  /// Whether its PostgreSQL is built with TLS.
  public var supportsTLS: Bool { installation.supportsTLS }

  /// Whether its PostgreSQL is built with ICU.
  public var supportsICU: Bool { installation.supportsICU }

  /// The running server, started when first asked for, and shared by all tests of this process.
  ///
  /// One cluster serves all TimescaleDB versions of its PostgreSQL installation: each database chooses its own.
  public func cluster() async throws -> TestCluster {
    try await SharedClusters.one.cluster(of: installation, for: timescaleVersion)
  }

  /// A server of a test's own, to be stopped, killed, paused or configured at will. It ends with its value.
  ///
  /// - Parameters:
  ///   - extraSettings: lines for postgresql.conf by name, such as `["max_connections": "20"]`.
  ///   - identity: servers of one number have one system identifier, as physical copies of each other have.
  ///   - tls: answer to TLS with a certificate for `localhost` and 127.0.0.1 (see `TestCluster.certificatePath`).
  public func dedicatedCluster(
    extraSettings: [String: String] = [:], identity: Int = 0, tls: Bool = false
  ) async throws -> TestCluster {
    let original = try await PreparedClusters.one.original(
      of: installation, version: timescaleVersion, identity: identity)
    return try await TestCluster.start(
      installation, extraSettings: ClusterSettings.small.merging(extraSettings) { $1 }, tls: tls,
      from: .copy(of: original, version: timescaleVersion))
  }

  /// A new database of this TimescaleDB version on the shared cluster.
  public func makeDatabase(
    name: String? = nil, options: DatabaseOptions = .init(), setup: String = ""
  ) async throws -> TestDatabase {
    try await cluster().makeDatabase(
      version: timescaleVersion, name: name, options: options, setup: setup)
  }
}
