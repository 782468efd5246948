public import ChunkCatalog
public import Postgres

/// How far a migration is, as the target shows it now. Nothing is remembered that can be seen: marks say only what can't be,
/// and a mark counts for nothing where the target shows otherwise.
public struct MigrationState: Sendable, Equatable {
  public enum Target: Sendable, Equatable {
    /// There is no such database yet.
    case missing
    case lacksTimescaleDB
    /// In the middle of `schema`.
    case restoring
    case lacksHypertables
    /// - Parameter hasRows: only looked for where no migration is under way.
    case ready(hasRows: Bool)
  }

  /// The tasks of the queue.
  public struct Tasks: Sendable, Equatable {
    public var all: Int
    public var uncopied: Int
    public var unverified: Int
    /// Copied ones whose rows went with a hypertable of the target that another has the name of.
    public var replaced = 0
    /// When the last of them was copied.
    public var lastCopied: Timestamp?

    public init(all: Int, uncopied: Int, unverified: Int) {
      self.all = all
      self.uncopied = uncopied
      self.unverified = unverified
    }
  }

  public var target: Target
  /// nil where no migration is under way.
  public var record: MigrationRecord?
  public var tasks = Tasks(all: 0, uncopied: 0, unverified: 0)
  /// Whether a job of people is on.
  public var hasJobsOn = false
  /// Jobs that are recorded as turned off.
  public var recordedJobs = 0

  public init(target: Target) { self.target = target }

  /// What a run of `migrate` knows beside that.
  public struct Knowledge: Sendable, Equatable {
    /// It has made the checks since the schema is as it is.
    public var isChecked = false
    /// A person has said that a target with rows is the one to migrate to.
    public var acceptsRows = false
    /// Its command line says otherwise what is migrated than what is recorded.
    public var changesChoice = false

    public init() {}
  }

  public func next(_ knowledge: Knowledge = Knowledge()) -> MigrationAction {
    switch target {
    // There is nothing yet that could be checked, or too little.
    case .missing, .lacksTimescaleDB, .restoring: return .step(.schema)
    case .lacksHypertables: return .step(knowledge.isChecked ? .schema : .check)
    case .ready(let hasRows):
      guard let record else { return hasRows && !knowledge.acceptsRows ? .confirmTarget : .begin }
      return .step(next(record, knowledge))
    }
  }

  /// Whether the queue was staged by this migration.
  public var isStaged: Bool { record?.marks[.staged] != nil && tasks.all > 0 }

  private func next(_ record: MigrationRecord, _ knowledge: Knowledge) -> MigrationStep {
    func isDone(_ mark: MigrationRecord.Mark) -> Bool { record.marks[mark] != nil }
    // schema turns jobs off itself, and names those that it could not.
    if hasJobsOn, !isDone(.schema), !isDone(.jobsOff), !isStaged { return .jobsOff }
    guard isStaged else {
      if !knowledge.isChecked { return .check }
      if !isDone(.writing) { return .writing }
      return record.choice == nil || knowledge.changesChoice ? .completionPoint : .stage
    }
    // What was copied into a hypertable that was dropped and created again is staged again, as it was recorded.
    if tasks.replaced > 0 { return record.choice == nil ? .completionPoint : .stage }
    // That all tasks are done doesn't say that they were all there is to do, which is found out at the end of a run.
    if tasks.uncopied > 0 || !isDone(.copied) { return .copy }
    if tasks.unverified > 0 || !isDone(.verified) { return .verify }
    // What was computed before the last chunk came may lack its rows.
    guard let refreshed = record.marks[.refreshed], tasks.lastCopied.map({ $0 <= refreshed }) ?? true else {
      return .refreshCaggs
    }
    if recordedJobs > 0 || !isDone(.jobsOn) { return .jobsOn }
    return .clean
  }
}
