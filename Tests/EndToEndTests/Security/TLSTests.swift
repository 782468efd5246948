import TestServers
import TestTraits
import Testing

/// libpq promises what each sslmode checks (https://www.postgresql.org/docs/current/libpq-ssl.html); these tests hold
/// the program to passing that on, with a chain of certificates as a company has one.
@Suite(
  "TLS", .needs(TestServer.oneWithTLS)
)
struct TLSTests {
  private static let hostName = "db.company.example"

  /// A server that answers with a certificate for `db.company.example`, issued by `authority`.
  private struct Rig {
    let database: TestDatabase
    let authority: CertificateAuthority
    let stranger: CertificateAuthority

    init(setup: String = "") async throws {
      let server = try TestServer.oneWithTLS.newest()
      let cluster = try await server.dedicatedCluster(tls: true)
      authority = try await CertificateAuthority(name: "Company Authority")
      stranger = try await CertificateAuthority(name: "Somebody Else")
      let credential = try await authority.issue(
        commonName: TLSTests.hostName, hostNames: [TLSTests.hostName])
      try cluster.present(credential, trusting: authority)
      database = try await cluster.makeDatabase(version: server.timescaleVersion, setup: setup)
    }

    /// - Parameter host: the name that is asked for, wherever it leads.
    func string(host: String, _ parameters: String) -> String {
      let secured = database.keywordString.replacing(
        "host=127.0.0.1", with: "host=\(host) hostaddr=127.0.0.1")
      return "\(secured) \(parameters)"
    }

    /// Runs a command that connects once.
    func outcome(_ string: String) async throws -> BackfillProcess.Outcome {
      let outcome = try await BackfillProcess(environment: ["BACKFILL_TARGET": string]).run(["clean"])
      expectNoSecret(outcome)
      return outcome
    }

    func expectTaken(_ string: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
      let outcome = try await outcome(string)
      #expect(outcome.exitCode == 0, "\(outcome)", sourceLocation: sourceLocation)
    }

    func expectRefused(
      _ string: String, saying text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
      let outcome = try await outcome(string)
      #expect(outcome.exitCode == 1, "\(outcome)", sourceLocation: sourceLocation)
      #expect(outcome.stderr.contains(text), "\(outcome)", sourceLocation: sourceLocation)
      #expect(
        !outcome.stderr.contains("connecting again"), "no use in trying again: \(outcome)",
        sourceLocation: sourceLocation)
    }
  }

  @Test("verifies host and authority as far as sslmode asks") func modes() async throws {
    let rig = try await Rig()
    let trusting = "sslrootcert=\(rig.authority.certificatePath)"
    let mistaken = "sslrootcert=\(rig.stranger.certificatePath)"
    try await rig.expectTaken(rig.string(host: Self.hostName, "sslmode=verify-full \(trusting)"))
    try await rig.expectTaken(rig.string(host: "db.other.example", "sslmode=verify-ca \(trusting)"))
    try await rig.expectTaken(rig.string(host: "db.other.example", "sslmode=require"))
    try await rig.expectRefused(
      rig.string(host: "db.other.example", "sslmode=verify-full \(trusting)"),
      saying: "does not match host name")
    for mode in ["verify-full", "verify-ca", "require"] {
      try await rig.expectRefused(
        rig.string(host: Self.hostName, "sslmode=\(mode) \(mistaken)"), saying: "certificate verify failed")
    }
    // Without an authority to trust, there is nothing to verify by.
    try await rig.expectRefused(
      rig.string(host: Self.hostName, "sslmode=verify-full"), saying: "root certificate file")
  }

  @Test("binds SCRAM to the channel where that is asked for") func channelBinding() async throws {
    let rig = try await Rig()
    let trusting = "sslrootcert=\(rig.authority.certificatePath)"
    try await rig.expectTaken(
      rig.string(host: Self.hostName, "sslmode=verify-full \(trusting) channel_binding=require"))
    try await rig.expectRefused(
      rig.string(host: Self.hostName, "sslmode=disable channel_binding=require"), saying: "channel binding")
  }

  @Test("shows a client certificate, and only the right one is taken") func clientCertificates() async throws
  {
    let rig = try await Rig()
    try rig.database.cluster.allow(first: "hostssl all \(TestCluster.appUser) 127.0.0.1/32 cert")
    let good = try await rig.authority.issue(commonName: TestCluster.appUser)
    let forged = try await rig.stranger.issue(commonName: TestCluster.appUser)
    let other = try await rig.authority.issue(commonName: "somebody")
    func string(_ credential: CertificateAuthority.Credential?) -> String {
      let shown = credential.map { "sslcert=\($0.certificatePath) sslkey=\($0.keyPath)" } ?? ""
      return rig.string(
        host: Self.hostName, "sslmode=verify-full sslrootcert=\(rig.authority.certificatePath) \(shown)")
    }
    try await rig.expectTaken(string(good))
    try await rig.expectRefused(string(nil), saying: "valid client certificate")
    try await rig.expectRefused(string(forged), saying: "unknown ca")
    try await rig.expectRefused(string(other), saying: "authentication failed")
  }

  @Test("a whole migration, every session of it under verify-full") func migration() async throws {
    let rig = try await Rig(
      setup: """
        CREATE TABLE sealed (time timestamptz NOT NULL, value int);
        SELECT create_hypertable('sealed', 'time', chunk_time_interval => interval '1 day');
        INSERT INTO sealed SELECT t, 1 FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-05Z', '1 hour') AS t
        """)
    let cluster = rig.database.cluster
    // Whoever comes without TLS is turned away.
    try cluster.allow(first: "hostnossl all \(TestCluster.appUser) 127.0.0.1/32 reject")
    let target = try await cluster.makeDatabase(
      version: try TestServer.oneWithTLS.newest().timescaleVersion)
    try await rig.database.dumpSchema(into: target)
    let secured = "sslmode=verify-full sslrootcert=\(rig.authority.certificatePath)"
    let source = rig.string(host: Self.hostName, secured)
    let backfill = BackfillProcess(
      source: source, target: source.replacing(rig.database.name, with: target.name))
    for arguments in [["stage", "--until", "2024-02-01"], ["copy"], ["verify"]] {
      let outcome = try await backfill.run(arguments)
      #expect(outcome.exitCode == 0, "\(outcome)")
    }
    let superuser = try SQLSession(connectionString: target.superuserConnectionString)
    #expect(try superuser.query("SELECT count(*) FROM sealed") == [["97"]])
  }
}
