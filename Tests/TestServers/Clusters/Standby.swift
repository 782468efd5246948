import Foundation

extension TestCluster {
  /// A hot standby of this cluster, which follows it by streaming replication. It ends with its value.
  ///
  /// - Parameter extraSettings: lines for postgresql.conf by name, such as `["max_standby_streaming_delay": "0"]`.
  public func standby(extraSettings: [String: String] = [:]) async throws -> TestCluster {
    let installation = installation
    let origin =
      "host=127.0.0.1 port=\(port) user=\(Self.superuser) password=\(quotedKeywordValue(Self.superuserPassword))"
    let base = TestCluster.Origin.filled { directory in
      // --write-recovery-conf makes it a standby of what it was taken from.
      try await installation.run(
        "pg_basebackup",
        [
          "--pgdata=\(directory)/data", "--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast",
          "--no-sync",
          "--dbname=\(origin)",
        ])
      chmod(installation.outside(directory) + "/data", 0o700)
    }
    return try await Self.start(installation, extraSettings: extraSettings, tls: false, from: base)
  }

  /// Waits until a standby has replayed all that this cluster has written so far.
  public func waitUntilReplayed(on standby: TestCluster) async throws {
    let here = try SQLSession(connectionString: superuserConnectionString(database: "postgres"))
    let position = try here.query("SELECT pg_current_wal_insert_lsn()").first?.first ?? nil
    let there = try SQLSession(connectionString: standby.superuserConnectionString(database: "postgres"))
    let question = "SELECT pg_last_wal_replay_lsn() >= \(quotedLiteral(position ?? "0/0"))"
    let deadline = ContinuousClock.now + .seconds(240)
    while try there.query(question).first?.first != "t" {
      guard ContinuousClock.now < deadline else {
        throw HarnessError("the standby doesn't follow:\n\(standby.log())")
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// A database of this name on this cluster, which may be another cluster's standby.
  public func database(like other: TestDatabase) -> TestDatabase {
    TestDatabase(cluster: self, name: other.name, extensionSchema: other.extensionSchema)
  }
}

extension TestDatabase {
  /// A copy of a small database for one test, made while nobody is connected to this one.
  public func clone() async throws -> TestDatabase {
    try clone(name: await cluster.templates.uniqueName("test"))
  }

  /// A copy, made on the server while nobody is connected to this one.
  public func clone(name: String) throws -> TestDatabase {
    IdleSessions.close { [connectionString, superuserConnectionString].contains($0) }
    try cluster.lend(cluster.superuserConnectionString(database: "postgres")) {
      try $0.copyDatabase(self.name, to: name)
    }
    let copy = TestDatabase(cluster: cluster, name: name, extensionSchema: extensionSchema)
    CaseDatabases.note(copy)
    return copy
  }
}

extension SQLSession {
  /// Copies a database to which nobody is connected into one that belongs to `app`: by files, which needs two checkpoints,
  /// but costs less than writing all pages to the WAL, leaves little to recover after a crash, and has the copy's first
  /// session find the system catalog's cache ready. PostgreSQL 14 knows no other way, nor a word for it.
  func copyDatabase(_ original: String, to name: String) throws {
    try execute(
      """
      CREATE DATABASE \(quotedIdentifier(name)) OWNER \(TestCluster.appUser) TEMPLATE \(quotedIdentifier(original))
      \(serverVersion >= 150_000 ? "STRATEGY file_copy" : "")
      """)
  }
}
