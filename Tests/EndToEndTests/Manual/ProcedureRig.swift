import TestServers

/// Two servers for README's procedure: a source with a database, and a target with nothing but its superuser.
struct ProcedureRig {
  static let superuser = "postgres"
  /// Another than the source's, so that it tells whose password the role has at the end.
  static let targetPassword = "only the target has this"

  let server: TestServer
  let source: TestCluster
  let target: TestCluster
  private let authority: CertificateAuthority?

  /// With TLS where the server and its client programs are built with it.
  init(on server: TestServer) async throws {
    self.server = server
    authority = server.supportsTLS ? try await CertificateAuthority(name: "Company Authority") : nil
    source = try await server.dedicatedCluster(identity: 1, tls: server.supportsTLS)
    target = try await server.dedicatedCluster(identity: 2, tls: server.supportsTLS)
    if let authority {
      for (cluster, host) in [(source, "old.example.com"), (target, "new.example.com")] {
        let credential = try await authority.issue(commonName: host, hostNames: [host])
        try cluster.present(credential, trusting: authority)
        // Whoever comes without TLS is turned away.
        try cluster.allow(first: "hostnossl all all 127.0.0.1/32 reject")
      }
    }
    let database = try await source.makeDatabase(version: server.timescaleVersion, name: "metrics")
    for statements in ProcedureDatabase.setup { try database.execute(statements) }
    try source.executeAsSuperuser(ProcedureDatabase.administration)
    let roles = "\(TestCluster.appUser), \(TestCluster.privilegedUser)"
    try target.executeAsSuperuser("DROP OWNED BY \(roles); DROP ROLE \(roles)")
    try target.executeAsSuperuser("ALTER ROLE \(Self.superuser) PASSWORD '\(Self.targetPassword)'")
  }

  /// Leads the names of README's connection strings to the two servers. Nothing else of a string is changed but
  /// what there is no certificate for.
  func led(_ commands: String) -> String {
    let trusted =
      authority.map { "sslmode=verify-full sslrootcert=\($0.certificatePath)" } ?? "sslmode=disable"
    return
      commands
      .replacing("host=old.example.com", with: "host=old.example.com hostaddr=127.0.0.1 port=\(source.port)")
      .replacing("host=new.example.com", with: "host=new.example.com hostaddr=127.0.0.1 port=\(target.port)")
      .replacing("sslmode=verify-full sslrootcert=system", with: trusted)
  }

  /// The password file that README recommends.
  var passwords: String {
    let app = TestCluster.appPassword.replacing(#"\"#, with: #"\\"#).replacing(":", with: #"\:"#)
    return """
      old.example.com:\(source.port):*:\(Self.superuser):\(TestCluster.superuserPassword)
      new.example.com:\(target.port):*:\(Self.superuser):\(Self.targetPassword)
      *:*:*:\(TestCluster.appUser):\(app)

      """
  }

  func sourceSession() throws -> SQLSession {
    try SQLSession(connectionString: source.superuserConnectionString(database: "metrics"))
  }

  func targetSession() throws -> SQLSession {
    try SQLSession(
      connectionString: target.connectionString(
        database: "metrics", user: Self.superuser, password: Self.targetPassword))
  }
}
