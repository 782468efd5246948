import ChunkCatalog
import Postgres
import TimescaleDB
public import Waiting

/// `stage`: one task per source chunk in the target's queue, and every target chunk made.
public struct Stage: Sendable {
  public var endpoints: Endpoints
  public var selection: Selection
  /// The completion point, read as the type of each hypertable's time dimension; exclusive.
  public var until: String
  /// Where to begin; inclusive. nil is the beginning of time.
  public var from: String?
  /// An exported snapshot's identifier.
  public var snapshot: String?
  /// Uncompressed chunks with more bytes than this are cut into several tasks; 0 cuts none.
  public var splitSize: Int64
  /// The source has another identity than the one that the queue was staged from, and is it all the same.
  public var adoptsSource: Bool
  /// Goes on where the target holds clearly more than the source in the window.
  public var allowsShrinking: Bool
  public var identity: RunIdentity

  /// At the tens of megabytes per second that one worker moves, some seconds to half a minute of work.
  public static let defaultSplitSize: Int64 = 1 << 30

  public init(
    endpoints: Endpoints, selection: Selection, until: String, from: String? = nil, snapshot: String? = nil,
    splitSize: Int64 = Stage.defaultSplitSize, adoptsSource: Bool = false, allowsShrinking: Bool = false,
    identity: RunIdentity = RunIdentity()
  ) {
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

  /// - Throws: `CommandFailure` (`PostgresError`s are told in it).
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> StageResult {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting { try stage(interrupt: interrupt, reporter: reporter) }
    }
  }

  private func stage(interrupt: Interrupt, reporter: any Reporter) throws -> StageResult {
    let started = ContinuousClock.now
    try RelativeTime.refuse(until, option: "--until")
    if let from { try RelativeTime.refuse(from, option: "--from") }
    let databases = try Databases.open(
      endpoints, purpose: "stage", interrupt: interrupt, reporter: reporter)
    try Databases.lock(.exclusive, on: databases.target, interrupt: interrupt)
    try QueuePlace.refuseWithoutPrivilege(databases)
    if adoptsSource { try SourceAdoption.perform(databases, reporter: reporter) }
    var result = StageResult()
    let plan = try planned(databases, reporter: reporter)
    if !allowsShrinking { try WindowComparison(plan).refuse(databases) }
    let fingerprints = try Fingerprints.find(databases)
    result.hypertables = Set(plan.work.map(\.pair.source.id)).count
    let candidates = try withChunks(
      plan, databases, interrupt: interrupt, reporter: reporter, result: &result)
    try write(
      candidates, plan, databases, fingerprints, interrupt: interrupt, reporter: reporter, result: &result)
    let hazards = try TargetHazards.find(databases, hypertables: Set(plan.work.map(\.pair.target.name)))
    for warning in hazards.warnings() { reporter.report(.warning(warning)) }
    result.duration = ContinuousClock.now - started
    return result
  }

  /// Asks both sides what there is, in a fixed number of questions.
  private func planned(
    _ databases: borrowing Databases, reporter: any Reporter
  ) throws -> StagePlan {
    let all = try Hypertable.all(on: databases.source)
    let chosen = try selection.chosen(from: all, on: databases.source)
    guard !chosen.isEmpty else {
      throw CommandFailure.failed(
        all.isEmpty
          ? "the source has no hypertables"
          : "--filter matches no hypertable or continuous aggregate of the source",
        advice: all.isEmpty
          ? "check the source's database name" : "it is matched against schema.table and schema.view")
    }
    let bounds = try TimeBounds(from: from, until: until, hypertables: chosen, on: databases.source)
    for note in bounds.notes { reporter.report(.note(note)) }
    if bounds.endsInFuture {
      reporter.report(
        .warning(
          "--until \(until) is in the future: what is written to the source after this may be left out, and what the "
            + "target took in for that time is replaced; give a time from which on rows are written to both"))
    }
    let pairs = try HypertablePair.pairs(
      chosen, targets: try Hypertable.all(on: databases.target), databases: databases)
    try RowSecurity.refuse(
      databases, source: Set(pairs.map(\.source.name)), target: Set(pairs.map(\.target.name)))
    try TargetHazards.refuse(
      PublishedDeletes.all(
        among: PublishedDeletes.relations(of: pairs.map(\.target)), connection: databases.target))
    try AggregateComparison.refuse(pairs, databases)
    for warning in try UnloggedTables.refuse(pairs, databases) { reporter.report(.warning(warning)) }
    let encodings = EncodingWarning.text(
      source: databases.sourceInstallation, target: databases.targetInstallation)
    if let encodings { reporter.report(.warning(encodings)) }
    let warnings = StageWarnings(pairs: pairs, extensionSchema: databases.targetInstallation.schema)
    for warning in try warnings.all(databases) { reporter.report(.warning(warning)) }
    if let snapshot {
      try databases.source.execute(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT \(snapshot)",
        doing: "importing the snapshot")
    }
    let chunks = try Chunk.all(
      of: chosen.map(\.id), capabilities: databases.sourceInstallation.capabilities, on: databases.source)
    let watermarks = try Watermark.all(on: databases.source)
    databases.source.rollBack()
    let plan = StagePlan(
      pairs: pairs, bounds: bounds.clipped(to: watermarks), chunks: chunks,
      targetChunks: try Chunk.all(
        of: pairs.map(\.target.id), capabilities: databases.targetInstallation.capabilities,
        on: databases.target))
    for warning in plan.tieredChunks { reporter.report(.warning(warning)) }
    return plan
  }
}
