import Foundation

/// A running throwaway PostgreSQL server on 127.0.0.1. It is stopped and removed with its last reference, or
/// with the test process.
public final class TestCluster: Sendable {
  /// The TCP port on 127.0.0.1.
  public let port: Int
  /// The directory of the server's Unix socket, as seen from this process. Connections there need no password.
  public let socketDirectory: String
  /// The certificate the server answers with, for `sslrootcert`; nil unless asked for.
  public let certificatePath: String?

  let installation: Installation
  /// Of the template that the cluster had when it was made; nil if it had none.
  private let version: TimescaleVersion?
  let templates: TemplateDatabases
  /// Whether it is for all tests of this process.
  let isShared: Bool
  /// The same as `socketDirectory`, as the server sees it.
  var insideDirectory: String { directory }
  private let directory: String
  private let watchdog: Watchdog

  /// The tests' ordinary user: not a superuser, with a password that wants quoting everywhere.
  public static let appUser = "app"
  public static let appPassword = #"p@ss:w/rd %'"\"#
  /// A member of `app` that was given what the manual (help privileges) says a superuser may give for the time of a migration.
  public static let privilegedUser = "app_privileged"
  static let superuser = "postgres"
  public static let superuserPassword = "only-for-tests"

  private init(
    port: Int, directory: String, installation: Installation, watchdog: Watchdog, tls: Bool,
    version: TimescaleVersion?, isShared: Bool
  ) {
    self.version = version
    templates = TemplateDatabases(found: version.map { .init($0) })
    self.isShared = isShared
    self.port = port
    self.directory = directory
    self.installation = installation
    self.watchdog = watchdog
    socketDirectory = installation.outside(directory)
    certificatePath = tls ? installation.outside("\(directory)/data/server.crt") : nil
  }

  /// Where a cluster's data come from.
  enum Origin {
    /// A stopped cluster that has a template of this version.
    case copy(of: TestCluster, version: TimescaleVersion?)
    /// Makes `data` in the directory in another way.
    case filled((_ directory: String) async throws -> Void)
  }

  /// Makes a data directory and starts a server on it.
  static func start(
    _ installation: Installation, extraSettings: [String: String], tls: Bool, from origin: Origin,
    isShared: Bool = false
  ) async throws -> TestCluster {
    try await installation.ensureServerUser()
    let directory = try await DataDirectory.make(
      by: installation, inMemory: !isShared || CaseDatabases.areDropped)
    let command = installation.serverCommand(data: "\(directory)/data", settings: extraSettings)
    // From here on, whatever happens, the directory gets removed.
    let watchdog = try Watchdog(directory: installation.outside(directory), command: command)
    let version: TimescaleVersion?
    switch origin {
    case .filled(let fill):
      try await fill(directory)
      version = nil
    case .copy(let original, let itsVersion):
      try await DataDirectory.copy(original, into: directory)
      version = itsVersion
    }
    if tls { try await DataDirectory.addCertificate(directory, by: installation) }
    var attempts = 0
    while true {
      let port = try Loopback.freePort()
      var settings = ClusterSettings.common
      settings["port"] = "\(port)"
      settings["unix_socket_directories"] = directory
      settings["ssl"] = tls ? "on" : "off"
      settings.merge(extraSettings) { $1 }
      try DataDirectory.append(settings, to: installation.outside("\(directory)/data"))
      let cluster = TestCluster(
        port: port, directory: directory, installation: installation, watchdog: watchdog, tls: tls,
        version: version, isShared: isShared)
      do {
        try await cluster.start()
        return cluster
      } catch {
        guard attempts < 5, cluster.log().contains("Address already in use") else { throw error }
        attempts += 1
      }
    }
  }

  /// A server of a test's own with this one's databases and system identifier. This one must be stopped, and stay so.
  public func copy(extraSettings: [String: String] = [:]) async throws -> TestCluster {
    try await Self.start(
      installation, extraSettings: extraSettings, tls: false, from: .copy(of: self, version: version))
  }

  func makeAppRoles() throws {
    try executeAsSuperuser(
      """
      SET standard_conforming_strings = on;
      CREATE ROLE \(Self.appUser) LOGIN PASSWORD '\(Verifier.app)';
      CREATE ROLE \(Self.privilegedUser) LOGIN PASSWORD '\(Verifier.app)' IN ROLE \(Self.appUser);
      DO $$
      BEGIN
        IF current_setting('server_version_num')::int >= 150000 THEN
          -- A grammar without it (14) would not even take the block.
          EXECUTE 'GRANT SET ON PARAMETER timescaledb.restoring, session_replication_role TO \(Self.privilegedUser)';
        END IF;
      END $$
      """)
  }

  /// Runs statements as superuser, outside any test database.
  public func executeAsSuperuser(_ sql: String) throws {
    try lend(superuserConnectionString(database: "postgres")) { try $0.execute(sql) }
  }

  /// What the server has logged so far.
  public func log() -> String {
    let data = FileManager.default.contents(atPath: socketDirectory + "/server.log") ?? Data()
    return String(decoding: data, as: UTF8.self)
  }

  /// Starts the server, also after `stop`, and waits until it takes connections.
  public func start() async throws {
    let logged = log().count
    let process = ServerProcess(pid: try await watchdog.startServer())
    let deadline = ContinuousClock.now + .seconds(240)
    while !isReady(process) {
      guard process.isRunning, ContinuousClock.now < deadline else {
        throw HarnessError("the server did not start:\n\(log().dropFirst(logged))")
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// The server says so itself in line 8 of its postmaster.pid. Asking its port could reach another server.
  private func isReady(_ process: ServerProcess) -> Bool {
    let path = "\(socketDirectory)/data/postmaster.pid"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return false }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.count > 7 && lines[0] == "\(process.pid)" && lines[7].hasPrefix("ready")
  }

  /// Ways to end a server.
  public enum Shutdown: Int32, Sendable {
    /// Sessions are cut off, then a checkpoint (SIGINT).
    case fast = 2
    /// As in a crash of one backend (SIGQUIT): recovery at the next start.
    case immediate = 3
    /// The postmaster is killed; its backends notice and end (SIGKILL).
    case kill = 9
  }

  /// Stops the server and waits until all of its processes are gone. Its data stay, for `start`.
  public func stop(_ shutdown: Shutdown = .immediate) async throws {
    let server = try process()
    let children = server.children
    kill(server.pid, shutdown.rawValue)
    for pid in [server.pid] + children {
      try await ServerProcess(pid: pid).end(within: .seconds(60))
    }
  }

  /// Stops and starts the server.
  public func restart(immediate: Bool = false) async throws {
    try await stop(immediate ? .immediate : .fast)
    try await start()
  }

  /// Freezes the server (SIGSTOP): connections stay open and nothing answers, as when a host hangs.
  public func pause() throws {
    try process().signalAll(SIGSTOP)
  }

  /// Lets a paused server go on.
  public func resume() throws {
    try process().signalAll(SIGCONT)
  }

  /// Stops one of the server's own processes, such as the `walwriter`, until the server ends.
  public func suspend(_ kind: String) throws {
    let session = try SQLSession(connectionString: superuserConnectionString(database: "postgres"))
    let found = try session.query(
      "SELECT pid FROM pg_stat_activity WHERE backend_type = \(quotedLiteral(kind))")
    guard let pid = found.first?[0].flatMap({ pid_t($0) }), kill(pid, SIGSTOP) == 0 else {
      throw HarnessError("there is no \(kind) to suspend")
    }
  }

  private func process() throws -> ServerProcess {
    let text = try String(contentsOfFile: socketDirectory + "/server.pid", encoding: .utf8)
    guard let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw HarnessError("no process id in \(socketDirectory)/server.pid")
    }
    return ServerProcess(pid: pid)
  }
}
