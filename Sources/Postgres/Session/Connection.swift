internal import CLibpq
import Glibc
import Synchronization
public import Waiting

/// One session on one server. Every wait is a `poll` on the socket and on the run's interrupt, so a waiting
/// thread can always be woken. Calls block: they belong on a thread of the caller's own (`DedicatedThread`),
/// never on Swift's cooperative pool.
public struct Connection: ~Copyable {
  let handle: OpaquePointer
  public let side: Side
  let interrupt: Interrupt
  /// For asking whether the server is still there.
  let string: ConnectionString
  /// The server has stopped answering, although the socket is as it was.
  let isGivenUp = Atomic<Bool>(false)
  let partingMessage = PartingMessage()
  /// Set while the open transaction has a lock that keeps others from reading or writing rows, or asks for one.
  public let lockingOut = SharedFlag()
  let requests = CancelRequests()

  public let server: ServerCapabilities

  private init(handle: OpaquePointer, side: Side, interrupt: Interrupt, string: ConnectionString) {
    self.handle = handle
    self.string = string
    self.side = side
    self.interrupt = interrupt
    server = ServerCapabilities(of: handle)
    partingMessage.listen(to: handle)
  }

  /// Opens a session and prepares it (see `SessionSettings`).
  ///
  /// - Parameters:
  ///   - settings: of the extension that the database is used with.
  ///   - purpose: what the session is for, shown in the server's pg_stat_activity.
  ///   - timeout: the most seconds that all of connecting may take, unless the string has a
  ///     connect_timeout of its own.
  ///   - synchronousCommit: false for sessions whose commits may be lost together with what they say.
  /// - Throws: `PostgresError` of kind `connectionFailed`, `cancelled`, or `refusedByServer`.
  public static func open(
    _ string: ConnectionString, side: Side, settings: ExtensionSettings, purpose: String,
    interrupt: Interrupt, timeout: Int = 12, synchronousCommit: Bool = true
  ) throws(PostgresError) -> Connection {
    let connection = Connection(
      handle: try start(string, side: side, purpose: purpose, interrupt: interrupt, timeout: timeout),
      side: side, interrupt: interrupt, string: string)
    PQsetnonblocking(connection.handle, 1)
    try connection.execute(
      SessionSettings.batch(
        server: connection.server, side: side, extensions: settings, synchronousCommit: synchronousCommit),
      doing: "preparing the session")
    return connection
  }

  /// A statement that nobody waits for any more is stopped: the server doesn't notice the end of a session while it
  /// waits for a lock, and would commit after all once it gets that.
  deinit {
    if isUsable, PQtransactionStatus(handle) == PQTRANS_ACTIVE { cancelStatement() }
    PQfinish(handle)
    endLockingOut()
  }

  private static func start(
    _ string: ConnectionString, side: Side, purpose: String, interrupt: Interrupt, timeout: Int
  ) throws(PostgresError) -> OpaquePointer {
    // expand_dbname lets the whole string stand in for dbname; what comes after it overrides, what comes
    // before it is a default. Keepalives notice a dead peer within about a minute and a half.
    let defaults = [
      ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "6"),
      ("tcp_user_timeout", "90000"),
    ]
    let place = [("dbname", string.secret)] + (string.database.map { [("dbname", $0)] } ?? [])
    let parameters =
      defaults + place + [
        ("client_encoding", "UTF8"), ("application_name", ApplicationName.name(for: purpose)),
      ]
    let connecting = withCStrings(parameters.map(\.0)) { keywords in
      withCStrings(parameters.map(\.1)) { values in PQconnectStartParams(keywords, values, 1) }
    }
    guard let connecting else {
      throw PostgresError(
        kind: .connectionFailed, side: side, operation: "connecting", reason: .outOfMemory)
    }
    // So that a refusal says its SQLSTATE.
    PQsetErrorVerbosity(connecting, PQERRORS_VERBOSE)
    do throws(PostgresError) {
      let seconds = string["connect_timeout"].flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil } ?? timeout
      try finishConnecting(connecting, string: string, side: side, interrupt: interrupt, seconds: seconds)
    } catch {
      PQfinish(connecting)
      throw error
    }
    PQsetErrorVerbosity(connecting, PQERRORS_DEFAULT)
    return connecting
  }

  private static func finishConnecting(
    _ connecting: OpaquePointer, string: ConnectionString, side: Side, interrupt: Interrupt, seconds: Int
  ) throws(PostgresError) {
    let deadline = ContinuousClock.now + .seconds(seconds)
    var step = PGRES_POLLING_WRITING
    while true {
      if PQstatus(connecting) == CONNECTION_BAD || step == PGRES_POLLING_FAILED {
        throw PostgresError(connectionFailure: connecting, string: string, side: side)
      }
      if step == PGRES_POLLING_OK { return }
      // Nothing is in flight yet, so the first request to stop is enough. It comes without waking the wait.
      guard interrupt.stage == .running else {
        throw PostgresError.stopped(side, doing: "connecting")
      }
      let left = deadline - ContinuousClock.now
      let wanted: Readiness = step == PGRES_POLLING_READING ? .readable : .writable
      let ready = wait(
        on: [(PQsocket(connecting), wanted)], interrupt: interrupt, milliseconds: pollInterval)
      switch ready {
      case .ready: step = PQconnectPoll(connecting)
      case .timedOut where left > .zero, .interrupted: continue
      case .timedOut:
        throw PostgresError(
          kind: .connectionFailed, side: side, operation: "connecting",
          reason: .noAnswer(from: ServerAddress(of: connecting), seconds: seconds))
      }
    }
  }

  /// Milliseconds between two looks at whether to go on connecting.
  private static var pollInterval: Int32 { 100 }
}

/// Calls `body` with a NULL-terminated array of C strings that live as long as the call.
func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
  let copies: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  return withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: copies.count + 1) { array in
    for (index, copy) in copies.enumerated() { array.initializeElement(at: index, to: UnsafePointer(copy)) }
    array.initializeElement(at: copies.count, to: nil)
    // A temporary allocation of at least one element always has a base address.
    return body(UnsafePointer(array.baseAddress.unsafelyUnwrapped))
  }
}
