import Foundation

/// PgBouncer before a server. It ends with its value.
public final class Pooler: Sendable {
  /// nil where none is installed.
  public static let path: String? = {
    let inPath = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    return (inPath.map(String.init) + ["/usr/sbin"]).lazy.map { "\($0)/pgbouncer" }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }()

  public enum Mode: String, Sendable {
    case session
    case transaction
  }

  private let port: Int
  private let watchdog: Watchdog
  private let serverPort: Int

  /// - Throws: `HarnessError` where there is none, or it doesn't start.
  public init(to cluster: TestCluster, mode: Mode) async throws {
    guard let path = Self.path else { throw HarnessError("pgbouncer is not installed") }
    port = try Loopback.freePort()
    serverPort = cluster.port
    var template = Array("/tmp/backfill-test-pooler-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw HarnessError("cannot make a directory for pgbouncer") }
    let directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    // It refuses to run as root, like PostgreSQL's server.
    chmod(directory, 0o755)
    let configuration = """
      [databases]
      * = host=127.0.0.1 port=\(cluster.port)
      [pgbouncer]
      listen_addr = 127.0.0.1
      listen_port = \(port)
      unix_socket_dir =
      auth_type = trust
      auth_file = \(directory)/users.txt
      pool_mode = \(mode.rawValue)
      ignore_startup_parameters = extra_float_digits
      """
    let password = TestCluster.appPassword.replacing("\"", with: "\"\"")
    try "\"\(TestCluster.appUser)\" \"\(password)\"\n".write(
      toFile: "\(directory)/users.txt", atomically: true, encoding: .utf8)
    try configuration.write(toFile: "\(directory)/pgbouncer.ini", atomically: true, encoding: .utf8)
    let isRoot = geteuid() == 0
    let user = isRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] : []
    watchdog = try Watchdog(directory: directory, command: user + [path, "\(directory)/pgbouncer.ini"])
    _ = try await watchdog.startServer()
    let deadline = ContinuousClock.now + .seconds(60)
    while true {
      if let connection = try? Loopback.connect(to: port) {
        close(connection)
        return
      }
      guard ContinuousClock.now < deadline else { throw HarnessError("pgbouncer does not start") }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// A connection string that leads through the pooler.
  public func through(_ connectionString: String) -> String {
    connectionString.replacing(":\(serverPort)/", with: ":\(port)/")
  }
}
