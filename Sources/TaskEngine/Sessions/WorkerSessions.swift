import ChunkCatalog
public import Postgres

/// A worker's sessions: one on the target, and one on the source unless its work needs none.
public struct WorkerSessions: ~Copyable {
  private let origin: Origin?
  public let target: Connection
  /// The server's process behind the target's session, as its statistics have it.
  let targetProcess: Int64
  public let control: RunControl

  /// Opens them. Commits on the target may be lost in a crash of the server together with the tasks' completion
  /// marks, never without them, so workers needn't wait for them.
  ///
  /// - Throws: `PostgresError`; also when the names lead to other databases than at the run's beginning.
  static func open(
    _ setting: RunSetting, for work: any TaskWork, purpose: String
  ) throws(PostgresError) -> WorkerSessions {
    let origin = try Origin.open(setting, purpose: purpose)
    let target = try Connection.open(
      setting.target, side: .target, settings: setting.settings, purpose: purpose,
      interrupt: setting.control.interrupt,
      synchronousCommit: false)
    if let origin { try setting.identify(origin.connection) }
    try setting.identify(target)
    let operation = "preparing a worker's sessions"
    // A pooler may hand out a session that another worker has left.
    let forgetting: SQL = "DEALLOCATE ALL;"
    if let origin {
      try origin.connection.send(forgetting + work.preparation(of: .source), doing: operation)
    }
    let processes = try target.query(
      forgetting + RunLock.mark(setting.queue.run) + setting.queue.transaction.preparation(work.kind)
        + work.preparation(of: .target)
        + (setting.disablesTriggers ? "SET session_replication_role = replica;" : "")
        + "SELECT pg_backend_pid()::bigint AS process", doing: operation
    ) { row throws(PostgresError) in try row.integer("process") }
    if let origin { try origin.connection.drain(doing: operation) }
    return WorkerSessions(
      origin: origin, target: target, targetProcess: processes.first ?? 0, control: setting.control)
  }

  private init(
    origin: Origin?, target: consuming Connection, targetProcess: Int64, control: RunControl
  ) {
    self.origin = origin
    self.target = target
    self.targetProcess = targetProcess
    self.control = control
  }

  /// The source's. Only for work whose run has one (`RunSetting.source`).
  public var source: Connection {
    _read {
      guard let origin else { preconditionFailure("work without a source asks for it") }
      yield origin.connection
    }
  }

  /// Something that a struct may have or not, and lend.
  private final class Origin {
    let connection: Connection

    private init(_ connection: consuming Connection) { self.connection = connection }

    static func open(_ setting: RunSetting, purpose: String) throws(PostgresError) -> Origin? {
      guard let source = setting.source else { return nil }
      if let spare = setting.spare?.take() { return Origin(spare) }
      return Origin(
        try Connection.open(
          source, side: .source, settings: setting.settings, purpose: purpose,
          interrupt: setting.control.interrupt))
    }
  }

  /// Opens the source's transaction for one task, ending the one before. Every transaction there is read only, and
  /// sees one state of the database from the chunk's description to its last row.
  public func openSource(snapshot: String?) -> SQL {
    if let snapshot {
      // Only this level can import a snapshot that any transaction exported.
      return """
        COMMIT; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT \(snapshot);
        """
    }
    // One snapshot for the whole task is what counts. SERIALIZABLE DEFERRABLE would wait, without bound and in silence,
    // for transactions of the application.
    return "COMMIT; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
  }
}

extension WorkerSessions {
  /// Whether the sessions can go on.
  public var areUsable: Bool { sourceIsUsable && target.isUsable }

  var sourceIsUsable: Bool { if let origin { origin.connection.isUsable } else { true } }
}
