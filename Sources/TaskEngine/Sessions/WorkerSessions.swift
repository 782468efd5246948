public import ChunkCatalog
public import Postgres
public import TimescaleDB

/// A worker's two sessions with what is known of the databases behind them.
public struct WorkerSessions: ~Copyable {
  public let source: Connection
  public let target: Connection
  public let sourceInstallation: Installation
  public let targetInstallation: Installation
  public let control: RunControl
  /// Hypertables of the target that run users' functions when rows are put into them.
  public let loadingUserFunctions: Set<QualifiedName>

  /// Opens both. Commits on the target may be lost in a crash of the server together with the tasks' completion
  /// marks, never without them, so workers needn't wait for them.
  ///
  /// - Throws: `PostgresError`; also when the names lead to other databases than at the run's beginning.
  public static func open(_ setting: RunSetting, purpose: String) throws(PostgresError) -> WorkerSessions {
    let source = try Connection.open(
      setting.source, side: .source, purpose: purpose, interrupt: setting.control.interrupt)
    let target = try Connection.open(
      setting.target, side: .target, purpose: purpose, interrupt: setting.control.interrupt,
      synchronousCommit: false)
    _ = try setting.identify(source)
    _ = try setting.identify(target)
    let sessions = WorkerSessions(source: source, target: target, setting: setting)
    let operation = "preparing a worker's sessions"
    // A pooler may hand out a session that another worker has left.
    let forgetting: SQL = "DEALLOCATE ALL;"
    try sessions.source.send(
      forgetting + ChunkDescription.preparation(setting.sourceInstallation.capabilities),
      doing: operation)
    try sessions.target.execute(
      forgetting + RunLock.mark(setting.queue.run)
        + ChunkDescription.preparation(setting.targetInstallation.capabilities)
        + Hypertable.columnsPreparation + StagedAggregate.preparation
        + (setting.disablesTriggers ? "SET session_replication_role = replica;" : ""), doing: operation)
    try sessions.source.drain(doing: operation)
    return sessions
  }

  private init(
    source: consuming Connection, target: consuming Connection, setting: RunSetting
  ) {
    self.source = source
    self.target = target
    sourceInstallation = setting.sourceInstallation
    targetInstallation = setting.targetInstallation
    control = setting.control
    loadingUserFunctions = setting.loadingUserFunctions
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

/// What all workers of a run share.
public struct RunSetting: Sendable {
  public var source: ConnectionString
  public var target: ConnectionString
  public var sourceInstallation: Installation
  public var targetInstallation: Installation
  /// Which databases the run began with. Every session has to lead to them.
  public var sourceFingerprint: Fingerprint
  public var targetFingerprint: Fingerprint
  /// How far the source's write-ahead log was when it was staged; nil where that isn't known.
  public var stagedPosition: WALPosition?
  public var queue: Queue
  public var control: RunControl
  /// Triggers and foreign keys are left out while copying.
  public var disablesTriggers: Bool
  /// Hypertables of the target that run users' functions when rows are put into them.
  public var loadingUserFunctions: Set<QualifiedName>

  public init(
    source: ConnectionString, target: ConnectionString, sourceInstallation: Installation,
    targetInstallation: Installation, sourceFingerprint: Fingerprint, targetFingerprint: Fingerprint,
    queue: Queue, control: RunControl, disablesTriggers: Bool = false,
    loadingUserFunctions: Set<QualifiedName> = []
  ) {
    self.source = source
    self.target = target
    self.sourceInstallation = sourceInstallation
    self.targetInstallation = targetInstallation
    self.sourceFingerprint = sourceFingerprint
    self.targetFingerprint = targetFingerprint
    self.queue = queue
    self.control = control
    self.disablesTriggers = disablesTriggers
    self.loadingUserFunctions = loadingUserFunctions
  }
}

extension RunSetting {
  /// Makes sure that a new session leads to the database that the run began with, and to one that can be worked with.
  ///
  /// - Throws: `PostgresError`; as trouble with the connection, which may pass, where the target is a standby by now.
  @discardableResult
  public func identify(_ connection: borrowing Connection) throws(PostgresError) -> Fingerprint {
    let side = connection.side
    let found = try Fingerprint.find(on: connection)
    let differences = found.differences(from: side == .source ? sourceFingerprint : targetFingerprint)
    guard differences.isEmpty else {
      throw PostgresError(
        kind: .unexpectedAnswer, side: side, operation: "connecting again",
        message: "this isn't the database that the run began with: \(differences.joined(separator: "; "))")
    }
    if side == .source { try refuseEarlierState(found) }
    guard side == .source || !found.isInRecovery else {
      throw PostgresError(
        kind: .connectionFailed, side: side, operation: "connecting again",
        message: "this server is a standby, which takes no writes")
    }
    return found
  }

  /// A source that doesn't know yet, or no more, what it knew when it was staged: chunks would be missing from it, and
  /// count as gone.
  ///
  /// - Throws: `PostgresError`; as trouble with the connection where the server is about to catch up.
  private func refuseEarlierState(_ found: Fingerprint) throws(PostgresError) {
    guard let needed = stagedPosition, let position = found.position, position < needed else { return }
    guard !found.isInRecovery else {
      throw PostgresError(
        kind: .connectionFailed, side: .source, operation: "looking at the write-ahead log",
        message: "this standby has not replayed all that was there at staging, which ended at \(needed)")
    }
    var error = PostgresError(
      kind: .unexpectedAnswer, side: .source, operation: "looking at the write-ahead log",
      message: "this server is at \(position), behind the \(needed) it had at staging")
    error.hint =
      "it was restored from a backup, or promoted without the last transactions: name the right server, or run clean "
      + "and stage again"
    throw error
  }
}
