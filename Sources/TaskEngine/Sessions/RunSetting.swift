public import ChunkCatalog
public import Postgres

/// What all workers of a run share.
public struct RunSetting: Sendable {
  /// Makes sure that a new session leads to the database that the run began with.
  ///
  /// - Throws: `PostgresError`; as trouble with the connection where it may lead there later.
  public typealias Identification = @Sendable (_ session: borrowing Connection) throws(PostgresError) -> Void

  /// nil for work that needs no source, as its rows come from elsewhere.
  public var source: ConnectionString?
  public var target: ConnectionString
  /// A session on the source that is open already; nil where there is none, as for work without a source.
  public var spare: SpareSession?
  /// Of the extension that both databases are used with.
  public var settings: ExtensionSettings
  public var queue: Queue
  public var control: RunControl
  /// Triggers and foreign keys are left out while copying.
  public var disablesTriggers: Bool
  public var identify: Identification

  public init(
    source: ConnectionString?, target: ConnectionString, spare: SpareSession? = nil,
    settings: ExtensionSettings, queue: Queue,
    control: RunControl,
    disablesTriggers: Bool = false, identify: @escaping Identification
  ) {
    self.source = source
    self.target = target
    self.spare = spare
    self.settings = settings
    self.queue = queue
    self.control = control
    self.disablesTriggers = disablesTriggers
    self.identify = identify
  }
}
