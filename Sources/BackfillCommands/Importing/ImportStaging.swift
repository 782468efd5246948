import Archive
import ChunkCatalog
import Postgres
import TimescaleDB
import Waiting

/// Puts an archive's files into the queue, one task for each, where they aren't in it.
struct ImportStaging {
  let archive: ReadArchive
  let identity: RunIdentity
  let interrupt: Interrupt
  let reporter: any Reporter

  /// - Throws: `CommandFailure`, `PostgresError`.
  func perform(_ target: ConnectionString) throws {
    let session = try Databases.session(target, side: .target, purpose: Self.purpose, interrupt: interrupt)
    let installation = try Databases.installation(on: session)
    reporter.report(.connected(ConnectedDatabase(session, installation)))
    try Checklist([Fitness(of: .target, installation)]).refuse()
    guard try takeQueue(on: session) else { return }
    try stage(installation, on: session)
  }

  /// Gets the queue for this session alone, unless the files are in it. Another import may be putting them there, which
  /// is waited for, as its work is then shared.
  ///
  /// - Returns: false where they are in it.
  private func takeQueue(on target: borrowing Connection) throws -> Bool {
    let deadline = ContinuousClock.now + Databases.patience
    var isTold = false
    while true {
      guard try !isStaged(on: target) else { return false }
      guard let holders = try RunLock.take(.exclusive, on: target) else {
        return try !isStaged(on: target)
      }
      guard interrupt.stage == .running else { throw CommandFailure.stopped(.working) }
      if ContinuousClock.now > deadline {
        guard holders.allSatisfy(Self.isImport) else {
          throw CommandFailure.failed(.queue(.inUse(by: holders)))
        }
        if !isTold, !holders.isEmpty {
          reporter.report(.warning(.queue(.awaitingLock(by: holders))))
          isTold = true
        }
      }
      interrupt.sleep(.milliseconds(200), until: .draining)
    }
  }

  private static func isImport(_ session: ServerSession) -> Bool {
    session.application.flatMap { ApplicationName.purpose(of: $0) } == Self.purpose
  }

  private static let purpose = "import"

  /// - Throws: `CommandFailure` for a queue with other tasks; `PostgresError`.
  private func isStaged(on target: borrowing Connection) throws -> Bool {
    guard try QueueSchema.exists(on: target) else { return false }
    try QueueSchema.bringUpToDate(on: target)
    let (tasks, staged) = (try Queue.counts(on: target).all, try StagedDatabases.archive(on: target))
    guard tasks > 0 else { return false }
    guard let staged, staged.hasSameBytes(as: archive.manifest.id) else {
      throw CommandFailure.failed(.archive(.otherQueue(directory: archive.directory.path)))
    }
    return true
  }

  private func stage(_ installation: Installation, on target: borrowing Connection) throws {
    if archive.manifest.snapshots > 1 {
      let count = Int(clamping: archive.manifest.snapshots)
      reporter.report(
        .warning(.archive(.severalSnapshots(directory: archive.directory.path, count: count))))
    }
    let (plan, files) = try ImportPlanner(archive: archive, installation: installation, reporter: reporter)
      .plan(on: target)
    let matching = ChunkMatching(
      splitSize: 0, snapshot: nil, isDryRun: false, interrupt: interrupt, reporter: reporter)
    let (counterparts, _) = try matching.counterparts(of: plan, installation, on: target)
    let tasks = zip(plan.work, counterparts).map { work, counterpart in
      StagedTask(work, files[work.chunk.id], targetChunk: counterpart.name)
    }
    try write(tasks, plan, installation, on: target)
  }

  /// In one transaction, so that the queue is there whole or not at all.
  private func write(
    _ tasks: [StagedTask], _ plan: StagePlan, _ installation: Installation, on target: borrowing Connection
  ) throws {
    let writer = QueueWriter(
      snapshot: nil, identity: identity, interrupt: interrupt, reporter: reporter)
    try writer.openQueue(target)
    // It was looked at before it was locked.
    guard try Queue.counts(on: target).all == 0 else {
      throw CommandFailure.failed(.archive(.otherQueue(directory: archive.directory.path)))
    }
    try StagedWindow.record(
      archive.windows, columns: archive.timeColumns, dropped: [:], on: target)
    try target.execute(StagedAggregate.record, doing: "writing what is staged")
    try StagedTask.insert(tasks, stagedBy: identity.version, on: target)
    do {
      try writer.refuseSharedRows(target)
    } catch is CommandFailure {
      throw CommandFailure.failed(.archive(.overlapping(directory: archive.directory.path)))
    }
    let origin = StagedDatabases.record(
      source: archive.manifest.source.fingerprint, target: try Fingerprint.find(on: target),
      archive: archive.manifest.id)
    try target.execute(origin + "COMMIT; ANALYZE __backfill.task", doing: "committing the queue")
  }
}

extension StagedTask {
  fileprivate init(_ work: StagePlan.Work, _ file: ArchivedChunk?, targetChunk: QualifiedName?) {
    self.init(
      chunk: work.chunk.name, hypertable: work.pair.source.name, targetHypertable: work.pair.target.name,
      targetChunk: targetChunk, dimensions: work.pair.source.dimensions, slices: work.chunk.slices,
      bounds: TaskBounds(work.range), snapshot: nil)
    expectedBytes = file?.copiedBytes
    expectedRows = file?.rows
  }
}

extension ReadArchive {
  fileprivate var windows: [StagedWindow] {
    manifest.hypertables.compactMap { archived in
      archived.window.map { StagedWindow(hypertable: archived.hypertable.name, time: TaskBounds($0)) }
    }
  }

  fileprivate var timeColumns: [QualifiedName: Identifier] {
    Dictionary(
      hypertables.compactMap { hypertable in hypertable.timeDimension.map { (hypertable.name, $0.column) } },
      uniquingKeysWith: { first, _ in first })
  }
}
