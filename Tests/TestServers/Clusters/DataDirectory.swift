import Foundation

/// Makes the directories servers live in: `/tmp/backfill-test-XXXXXX/data`, inside the installation's root.
enum DataDirectory {
  /// Makes the directory around it, after removing those that nobody uses any more.
  ///
  /// - Parameter inMemory: whether it may be kept in memory.
  /// - Returns: its path as seen from inside the root.
  static func make(by installation: Installation, inMemory: Bool) async throws -> String {
    try await Leftovers.removal.remove(from: installation.outside(""))
    let directory = try await installation.run("/usr/bin/mktemp", ["-d", "/tmp/backfill-test-XXXXXX"])
      .trimmingCharacters(in: .whitespacesAndNewlines)
    if inMemory, MemoryDisk.isUsed { try MemoryDisk.cover(installation.outside(directory)) }
    return directory
  }

  /// Fills `data` below it with a copy of a cluster that is stopped.
  static func copy(_ original: TestCluster, into directory: String) async throws {
    try await original.installation.run(
      "/bin/cp", ["-a", "\(original.insideDirectory)/data", "\(directory)/data"])
  }

  /// Fills `data` below it by initdb. Small WAL segments are soon made and soon copied.
  static func initdb(_ directory: String, by installation: Installation) async throws {
    let password = installation.outside(directory) + "/password"
    try Verifier.superuser.write(toFile: password, atomically: false, encoding: .utf8)
    try await installation.run(
      "initdb",
      [
        "-D", "\(directory)/data", "--username=\(TestCluster.superuser)", "--encoding=UTF8",
        "--locale=C.UTF-8", "--auth-local=trust", "--auth-host=scram-sha-256",
        "--pwfile=\(directory)/password", "--no-sync", "--no-instructions", "--wal-segsize=1",
      ])
  }

  /// Appends settings to the postgresql.conf of a data directory.
  static func append(_ settings: [String: String], to data: String) throws {
    guard let file = FileHandle(forWritingAtPath: data + "/postgresql.conf") else {
      throw HarnessError("cannot write \(data)/postgresql.conf")
    }
    defer { try? file.close() }
    try file.seekToEnd()
    try file.write(contentsOf: Data(ClusterSettings.lines(settings).utf8))
  }

  /// Makes a self-signed certificate for `localhost` and 127.0.0.1, with this machine's openssl.
  static func addCertificate(_ directory: String, by installation: Installation) async throws {
    let data = installation.outside(directory) + "/data"
    let messages = try ScratchFile()
    let child = try ChildProcess.start(
      ["openssl", "req", "-x509"] + CertificateAuthority.newKey + [
        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
        "-keyout", "\(data)/server.key", "-out", "\(data)/server.crt",
      ], errors: .writing(messages.path))
    guard try await child.ending(within: .seconds(60), doing: "openssl") == .exited(0) else {
      throw HarnessError("openssl failed:\n\(messages.text)")
    }
    // The server takes only a key that is its user's own, or root's and readable by its group alone.
    var owner = stat()
    stat(data, &owner)
    for file in ["server.key", "server.crt"] {
      chown("\(data)/\(file)", owner.st_uid, owner.st_gid)
      chmod("\(data)/\(file)", file == "server.key" ? 0o600 : 0o644)
    }
  }
}
