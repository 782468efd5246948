import ChunkCatalog
public import Postgres

/// A worker's two sessions.
public struct WorkerSessions: ~Copyable {
  public let source: Connection
  public let target: Connection
  /// The server's process behind the target's session, as its statistics have it.
  let targetProcess: Int64
  public let control: RunControl

  /// Opens both. Commits on the target may be lost in a crash of the server together with the tasks' completion
  /// marks, never without them, so workers needn't wait for them.
  ///
  /// - Throws: `PostgresError`; also when the names lead to other databases than at the run's beginning.
  static func open(
    _ setting: RunSetting, for work: any TaskWork, purpose: String
  ) throws(PostgresError) -> WorkerSessions {
    let source = try Connection.open(
      setting.source, side: .source, settings: setting.settings, purpose: purpose,
      interrupt: setting.control.interrupt)
    let target = try Connection.open(
      setting.target, side: .target, settings: setting.settings, purpose: purpose,
      interrupt: setting.control.interrupt,
      synchronousCommit: false)
    try setting.identify(source)
    try setting.identify(target)
    let operation = "preparing a worker's sessions"
    // A pooler may hand out a session that another worker has left.
    let forgetting: SQL = "DEALLOCATE ALL;"
    try source.send(forgetting + work.preparation(of: .source), doing: operation)
    let processes = try target.query(
      forgetting + RunLock.mark(setting.queue.run) + setting.queue.transaction.preparation(work.kind)
        + work.preparation(of: .target)
        + (setting.disablesTriggers ? "SET session_replication_role = replica;" : "")
        + "SELECT pg_backend_pid()::bigint AS process", doing: operation
    ) { row throws(PostgresError) in try row.integer("process") }
    try source.drain(doing: operation)
    return WorkerSessions(
      source: source, target: target, targetProcess: processes.first ?? 0, control: setting.control)
  }

  private init(
    source: consuming Connection, target: consuming Connection, targetProcess: Int64, control: RunControl
  ) {
    self.source = source
    self.target = target
    self.targetProcess = targetProcess
    self.control = control
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
  /// Whether both sessions can go on.
  public var areUsable: Bool { source.isUsable && target.isUsable }
}
