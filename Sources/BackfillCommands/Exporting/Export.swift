import Archive
public import Postgres
import TaskEngine
import TimescaleDB
public import Waiting

/// `export`: a file for each chunk of the source's window, read in one snapshot. Needs no target.
public struct Export: Sendable {
  public var source: ConnectionString
  public var selection: Selection
  /// Exclusive.
  public var until: CompletionPoint
  /// Where to begin; inclusive. nil is the beginning of time.
  public var from: String?
  /// A path. It is made where it isn't there.
  public var directory: String
  public var workers: Int
  /// Of compression, one of `levels`.
  public var level: Int
  /// Writes the rows of compressed chunks, which any target takes, and not their batches.
  public var asRows = false
  /// How long an outage of the server may last before a worker gives up.
  public var retryBudget: Duration
  public var identity: RunIdentity

  public static let levels = ChunkFileWriter.levels
  public static let levelByDefault = 3

  public init(
    source: ConnectionString, selection: Selection, until: CompletionPoint, from: String? = nil,
    directory: String, workers: Int = 8, level: Int = Export.levelByDefault,
    retryBudget: Duration = .seconds(300), identity: RunIdentity = RunIdentity()
  ) {
    self.source = source
    self.selection = selection
    self.until = until
    self.from = from
    self.directory = directory
    self.workers = workers
    self.level = level
    self.retryBudget = retryBudget
    self.identity = identity
  }

  /// - Throws: `CommandFailure`, for what stops the run; chunks that fail are in the result.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> ExportResult {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting {
        do {
          return try export(interrupt, reporter)
        } catch let fault as ArchiveFault {
          throw CommandFailure.failed(.archive(.fault(directory: directory, fault)))
        }
      }
    }
  }

  /// This process leads, or follows another one that does: then it reads that one's snapshot.
  private func export(_ interrupt: Interrupt, _ reporter: any Reporter) throws -> ExportResult {
    let started = ContinuousClock.now
    try RelativeTime.refuse(until, from: from)
    let session = try Databases.session(source, side: .source, purpose: "export", interrupt: interrupt)
    let installation = try Databases.installation(on: session)
    reporter.report(.connected(ConnectedDatabase(session, installation)))
    try Checklist([Fitness(of: .source, installation)]).refuse()
    let archive = ArchiveDirectory(directory)
    try archive.make()
    let planner = ExportPlanner(request: self, installation: installation, reporter: reporter)
    let scope = try planner.scope(on: session)
    while interrupt.stage == .running {
      if let leader = try LeaderFile.take(in: archive) {
        let plan = try ArchiveOpening(request: self, archive: archive, reporter: reporter)
          .open(planner, scope, on: session)
        try leader.announce(snapshot: plan.snapshot)
        let result = try write(plan, to: archive, installation, since: started, interrupt, reporter)
        // Until here they hold the snapshot, and tell of it.
        session.rollBack()
        leader.resign()
        return result
      }
      if let snapshot = try LeaderFile.announced(in: archive),
        let plan = try ArchiveOpening(request: self, archive: archive, reporter: reporter)
          .follow(snapshot, planner, scope, on: session)
      {
        return try write(plan, to: archive, installation, since: started, interrupt, reporter)
      }
      // The process that leads is still planning, or has just ended.
      interrupt.sleep(.milliseconds(100), until: .draining)
    }
    throw CommandFailure.stopped(.working)
  }

  private func write(
    _ plan: OpenedArchive, to archive: ArchiveDirectory, _ installation: Installation,
    since started: ContinuousClock.Instant, _ interrupt: Interrupt, _ reporter: any Reporter
  ) throws -> ExportResult {
    let run = ExportRun(
      plan: plan, archive: archive, source: source, installation: installation, level: level, asRows: asRows,
      retry: RetryPolicy(budget: retryBudget), interrupt: interrupt, reporter: reporter)
    var result = try run.perform(workers: workers)
    result.directory = directory
    result.timescaleVersion = installation.capabilities.version.description
    result.duration = ContinuousClock.now - started
    return result
  }
}
