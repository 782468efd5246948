public import ChunkCatalog
public import Postgres
public import TimescaleDB

/// A worker's two sessions with what is known of the databases behind them.
public struct WorkerSessions: ~Copyable {
  public let source: Connection
  public let target: Connection
  public let sourceInstallation: Installation
  public let targetInstallation: Installation
  let control: RunControl

  /// Opens both. Commits on the target may be lost in a crash of the server together with the tasks' completion
  /// marks, never without them, so workers needn't wait for them.
  ///
  /// - Throws: `PostgresError`; also when an extension is missing by now.
  public static func open(_ setting: RunSetting, purpose: String) throws(PostgresError) -> WorkerSessions {
    let sessions = WorkerSessions(
      source: try Connection.open(
        setting.source, side: .source, purpose: purpose, interrupt: setting.control.interrupt),
      target: try Connection.open(
        setting.target, side: .target, purpose: purpose, interrupt: setting.control.interrupt,
        synchronousCommit: false),
      setting: setting)
    if setting.disablesTriggers {
      try sessions.target.execute("SET session_replication_role = replica", doing: "turning triggers off")
    }
    return sessions
  }

  private init(source: consuming Connection, target: consuming Connection, setting: RunSetting) {
    self.source = source
    self.target = target
    sourceInstallation = setting.sourceInstallation
    targetInstallation = setting.targetInstallation
    control = setting.control
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
    // A hot standby knows no serializable transactions.
    let level: SQL =
      sourceInstallation.isInRecovery
      ? "REPEATABLE READ READ ONLY" : "SERIALIZABLE READ ONLY DEFERRABLE"
    return "COMMIT; BEGIN ISOLATION LEVEL \(level);"
  }
}

/// What all workers of a run share.
public struct RunSetting: Sendable {
  public var source: ConnectionString
  public var target: ConnectionString
  public var sourceInstallation: Installation
  public var targetInstallation: Installation
  public var queue: Queue
  public var control: RunControl
  /// Triggers and foreign keys are left out while copying.
  public var disablesTriggers: Bool

  public init(
    source: ConnectionString, target: ConnectionString, sourceInstallation: Installation,
    targetInstallation: Installation, queue: Queue, control: RunControl,
    disablesTriggers: Bool = false
  ) {
    self.source = source
    self.target = target
    self.sourceInstallation = sourceInstallation
    self.targetInstallation = targetInstallation
    self.queue = queue
    self.control = control
    self.disablesTriggers = disablesTriggers
  }
}
