import ChunkCatalog
import Postgres
import TimescaleDB
public import Waiting

/// `stage`: one task per source chunk in the target's queue, and every target chunk made.
public struct Stage: Sendable {
  public var endpoints: Endpoints
  public var selection: Selection
  /// Exclusive.
  public var until: CompletionPoint
  /// Where to begin; inclusive. nil is the beginning of time.
  public var from: String?
  /// An exported snapshot's identifier.
  public var snapshot: String?
  /// Uncompressed chunks with more bytes than this are cut into several tasks; 0 cuts none.
  public var splitSize: Int64
  /// The source has another identity than the one that the queue was staged from, and is it all the same.
  public var adoptsSource: Bool
  /// Finds out what would be staged, and writes nothing.
  public var isDryRun: Bool
  /// Goes on where the target holds clearly more than the source in the window.
  public var allowsShrinking: Bool
  public var identity: RunIdentity

  /// At the tens of megabytes per second that one worker moves, some seconds to half a minute of work.
  public static let defaultSplitSize: Int64 = 1 << 30

  public init(
    endpoints: Endpoints, selection: Selection, until: CompletionPoint, from: String? = nil,
    snapshot: String? = nil,
    splitSize: Int64 = Stage.defaultSplitSize, adoptsSource: Bool = false, allowsShrinking: Bool = false,
    isDryRun: Bool = false, identity: RunIdentity = RunIdentity()
  ) {
    self.isDryRun = isDryRun
    self.allowsShrinking = allowsShrinking
    self.splitSize = splitSize
    self.adoptsSource = adoptsSource
    self.endpoints = endpoints
    self.selection = selection
    self.until = until
    self.from = from
    self.snapshot = snapshot
    self.identity = identity
  }

  /// - Throws: `CommandFailure`.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> StageResult {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting { try stage(interrupt: interrupt, reporter: reporter) }
    }
  }

  /// In three steps: what is to be staged (`StagePlanner`), its chunks on the target (`ChunkMatching`), and the queue
  /// (`QueueWriter`).
  private func stage(interrupt: Interrupt, reporter: any Reporter) throws -> StageResult {
    let started = ContinuousClock.now
    try RelativeTime.refuse(until, from: from)
    let databases = try Databases.open(
      endpoints, purpose: "stage", interrupt: interrupt, reporter: reporter)
    if isDryRun {
      try databases.target.execute(
        "SET default_transaction_read_only = on", doing: "making sure that nothing is written")
    } else {
      try Databases.lock(.exclusive, on: databases.target, interrupt: interrupt)
    }
    if adoptsSource { try SourceAdoption.perform(databases, reporter: reporter) }
    let plan = try StagePlanner(
      selection: selection, from: from, until: until, snapshot: snapshot, reporter: reporter
    ).plan(databases, try PoolerProbe.find(databases, endpoints, interrupt: interrupt))
    if !allowsShrinking { try Checklist([WindowComparison(plan).find(databases)]).refuse() }
    let fingerprints = try Fingerprints.find(databases)
    let matching = ChunkMatching(
      splitSize: splitSize, snapshot: snapshot, isDryRun: isDryRun, interrupt: interrupt, reporter: reporter)
    let found = try matching.find(plan, databases)
    let writer = QueueWriter(
      snapshot: snapshot, identity: identity, interrupt: interrupt, reporter: reporter)
    let restaging =
      isDryRun
      ? try writer.preview(found.candidates, plan, databases, fingerprints)
      : try writer.write(found.candidates, plan, databases, fingerprints)
    try tell(restaging, plan, databases, reporter)
    var result = StageResult(restaging)
    result.isDryRun = isDryRun
    result.relations = plan.relations(restaging, unmatched: found.unmatched)
    result.hypertables = Set(plan.work.map(\.pair.source.id)).count
    result.createdChunks = found.created
    result.duration = ContinuousClock.now - started
    return result
  }

  /// What a person should know of a queue that was just written.
  private func tell(
    _ restaging: Restaging, _ plan: StagePlan, _ databases: borrowing Databases, _ reporter: any Reporter
  ) throws {
    for finding in restaging.copiedOutside + restaging.copiedAndDropped {
      reporter.report(.note(.staging(finding)))
    }
    if let finding = try plan.emptyWindow(until: until.general, from: from, on: databases.source) {
      reporter.report(.warning(.time(finding)))
    }
    let hazards = try TargetHazards.find(
      databases, hypertables: Set(plan.work.map(\.pair.target.name)),
      relations: isDryRun
        ? PublishedDeletes.relations(of: plan.pairs.map(\.target)) : Queue.writtenRelations)
    for finding in hazards.warnings() { reporter.report(.warning(.hazard(finding))) }
  }
}

extension StageResult {
  init(_ restaging: Restaging) {
    let parts = restaging.added.filter { $0.part != nil }
    staged = restaging.added.count
    splitChunks = Set(parts.map(\.chunk)).count
    self.parts = parts.count
    alreadyStaged = restaging.alreadyStaged.values.reduce(0, +)
    replaced = restaging.replaced.count
  }
}
