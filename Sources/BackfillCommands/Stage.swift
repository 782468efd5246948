import ChunkCatalog
public import Postgres
import TimescaleDB

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
  public var identity: RunIdentity

  /// At the tens of megabytes per second that one worker moves, some seconds to half a minute of work.
  public static let defaultSplitSize: Int64 = 1 << 30

  public init(
    endpoints: Endpoints, selection: Selection, until: String, from: String? = nil, snapshot: String? = nil,
    splitSize: Int64 = Stage.defaultSplitSize, identity: RunIdentity = RunIdentity()
  ) {
    self.splitSize = splitSize
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
    let databases = try Databases.open(
      endpoints, purpose: "stage", interrupt: interrupt, reporter: reporter)
    try Databases.lock(.exclusive, on: databases.target, interrupt: interrupt)
    var result = StageResult()
    let work = try planned(databases, reporter: reporter)
    let fingerprints = try Fingerprints.find(databases)
    result.hypertables = Set(work.map(\.pair.source.id)).count
    let tasks = try withChunks(work, databases, interrupt: interrupt, reporter: reporter, result: &result)
    try write(tasks, databases, fingerprints, result: &result)
    result.duration = ContinuousClock.now - started
    return result
  }

  /// A source chunk to be staged.
  private struct Work {
    let pair: HypertablePair
    let chunk: Chunk
    /// The task's part of the chunk.
    let range: Dimension.Range

    /// Only plain rows can be cut by time.
    var isDivisible: Bool { chunk.compression == nil && chunk.status.isEmpty }

    /// A whole compressed chunk goes into a compressed one. It is made so here and not while copying, where the locks
    /// that takes would keep workers on one hypertable waiting for each other. The chunk keeps its rows until then, so one
    /// with many is left as it is: copying empties it first, and then has only the hypertable's settings to go by.
    func needsCompression(of target: Chunk?) -> Bool {
      guard range.isUnbounded, let wanted = chunk.compression, let target, target.size <= Self.fewBytes,
        !target.status.contains(.frozen)
      else { return false }
      return target.compression?.isSame(as: wanted) != true
    }

    static let fewBytes: Int64 = 1 << 20
  }

  /// Asks the source what there is, in a fixed number of questions.
  private func planned(
    _ databases: borrowing Databases, reporter: any Reporter
  ) throws -> [Work] {
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
    let pairs = try HypertablePair.pairs(
      chosen, targets: try Hypertable.all(on: databases.target), databases: databases)
    try RowSecurity.refuse(
      databases, source: Set(pairs.map(\.source.name)), target: Set(pairs.map(\.target.name)))
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
    return Self.parts(
      of: chunks, pairs: pairs, bounds: bounds.clipped(to: watermarks), reporter: reporter)
  }

  /// The chunks that have a part in the time range, newest first, the larger first among equals.
  private static func parts(
    of chunks: [Chunk], pairs: [HypertablePair], bounds: TimeBounds, reporter: any Reporter
  ) -> [Work] {
    let pairsByID = Dictionary(pairs.map { ($0.source.id, $0) }, uniquingKeysWith: { first, _ in first })
    var parts: [(work: Work, end: Int64)] = []
    for chunk in chunks {
      guard let pair = pairsByID[chunk.hypertableID], let range = bounds.range(for: pair.source),
        let index = pair.source.dimensions.timeIndex, index < chunk.slices.count,
        chunk.slices[index].overlaps(range)
      else { continue }
      if chunk.isTiered {
        reporter.report(
          .warning("chunk \(chunk.name) of \(pair.source.knownName) is tiered to object storage; left out"))
        continue
      }
      let slice = chunk.slices[index]
      let part = Dimension.Range(
        lower: range.lower > slice.lower ? range.lower : .min,
        upper: range.upper < slice.upper ? range.upper : .max)
      parts.append((Work(pair: pair, chunk: chunk, range: part), slice.upper))
    }
    parts.sort { left, right in
      if left.end != right.end { return left.end > right.end }
      if left.work.chunk.size != right.work.chunk.size { return left.work.chunk.size > right.work.chunk.size }
      return left.work.chunk.id < right.work.chunk.id
    }
    return parts.map(\.work)
  }

  /// Finds each chunk's counterpart on the target, or makes it.
  private func withChunks(
    _ work: [Work], _ databases: borrowing Databases, interrupt: Interrupt, reporter: any Reporter,
    result: inout StageResult
  ) throws -> [StagedTask] {
    var names: [QualifiedName?] = Array(repeating: nil, count: work.count)
    var isCompressed = Array(repeating: false, count: work.count)
    let capabilities = databases.targetInstallation.capabilities
    for (_, indexes) in Dictionary(grouping: work.indices, by: { work[$0].pair.source.id }) {
      guard let pair = indexes.first.map({ work[$0].pair }) else { continue }
      let existing = TargetChunks(
        try Chunk.all(of: [pair.target.id], capabilities: capabilities, on: databases.target),
        timeIndex: pair.target.dimensions.timeIndex ?? 0)
      var wanted: [ChunkMaker.Wanted] = []
      var colliding = 0
      for index in indexes {
        let part = work[index]
        let slices = pair.targetSlices(part.chunk.slices)
        let found = existing.equal(to: slices)
        names[index] = found?.name
        isCompressed[index] = found?.status.contains(.compressed) ?? false
        if found == nil, existing.collides(with: slices) {
          colliding += 1
        } else if found == nil || part.needsCompression(of: found) {
          wanted.append(
            .init(
              index: index, slices: slices, existing: found?.name,
              isCompressed: found?.compression != nil, compression: part.chunk.compression))
        }
      }
      if colliding > 0 {
        reporter.report(
          .warning(
            "\(pair.source.knownName): \(colliding) chunks overlap target chunks with other bounds; "
              + "their rows will go in through the hypertable, which is slower"))
      }
      guard capabilities.canCreateChunks, !wanted.isEmpty else { continue }
      let maker = ChunkMaker(
        hypertable: pair.target, compresses: pair.compresses, capabilities: capabilities,
        extensionSchema: databases.targetInstallation.schema,
        patience: Patiently(interrupt: interrupt, reporter: reporter))
      let made = try maker.make(wanted, on: databases.target) {
        guard interrupt.stage == .running else {
          throw CommandFailure.stopped("stopped before anything was staged; chunks made so far stay, empty")
        }
      }
      for (index, name) in made {
        if names[index] == nil { result.createdChunks += 1 }
        names[index] = name
      }
    }
    let divisible = work.indices.filter {
      names[$0] != nil && !isCompressed[$0] && work[$0].isDivisible && work[$0].chunk.size > splitSize
    }
    let parts = splitSize > 0 ? try divided(work, divisible, databases, reporter: reporter) : [:]
    return work.indices.flatMap { index -> [StagedTask] in
      let part = work[index]
      let whole = StagedTask(
        chunk: part.chunk.name, hypertable: part.pair.source.name, targetHypertable: part.pair.target.name,
        targetChunk: names[index], dimensions: part.pair.source.dimensions, slices: part.chunk.slices,
        range: part.range, snapshot: snapshot)
      guard let ranges = parts[index], ranges.count > 1 else { return [whole] }
      return ranges.enumerated().reversed().map { number, range in
        var task = whole
        task.range = range
        task.part = .init(number: number + 1, count: ranges.count, whole: part.range)
        return task
      }
    }
  }

  /// Cuts large chunks by time, by a fixed number of questions per type of time column.
  ///
  /// - Returns: the parts' ranges by the chunks' indexes.
  private func divided(
    _ work: [Work], _ large: [Int], _ databases: borrowing Databases, reporter: any Reporter
  ) throws -> [Int: [Dimension.Range]] {
    var parts: [Int: [Dimension.Range]] = [:]
    for (_, indexes) in Dictionary(grouping: large, by: { work[$0].pair.source.id }) {
      let hypertable = work[indexes[0]].pair.source
      guard let place = hypertable.dimensions.timeIndex,
        let type = hypertable.dimensions[place].timeType
      else { continue }
      let spreads = try TimeSpread.all(
        of: indexes.map { work[$0].chunk.name }, column: hypertable.dimensions[place].column, type: type,
        on: databases.source)
      var indivisible = 0
      for (index, spread) in zip(indexes, spreads) {
        guard spread.isReadableInParts else {
          indivisible += 1
          continue
        }
        parts[index] = ChunkParts.ranges(
          of: work[index].range, slice: work[index].chunk.slices[place], size: work[index].chunk.size,
          partSize: splitSize, quantiles: spread.quantiles, type: type)
      }
      if indivisible > 0 {
        reporter.report(
          .warning(
            "\(hypertable.knownName): chunks larger than --split-size stay whole (\(indivisible)), as the source has no "
              + "index on time to read a part by, or their rows don't lie in the order of time"))
      }
    }
    return parts
  }

  /// Writes all tasks in one transaction: a queue is there whole or not at all.
  private func write(
    _ tasks: [StagedTask], _ databases: borrowing Databases, _ fingerprints: Fingerprints,
    result: inout StageResult
  ) throws {
    try databases.target.execute(
      "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;" + QueueSchema.createOrUpgrade,
      doing: "making the __backfill schema")
    try refuseOthersQueue(databases, fingerprints)
    let staged = try StagedTask.staged(on: databases.target)
    // Parts of a chunk go in together or not at all, so it is their whole that counts.
    let fresh = tasks.filter { task in
      !(task.part?.whole ?? task.range).isCovered(by: staged[task.chunk] ?? [])
    }
    try StagedTask.insert(fresh, stagedBy: identity.version, on: databases.target)
    let ending =
      try identity.record(of: "stage").begin(on: databases.target).map {
        RunRecord.end($0, outcome: "done", chunks: fresh.count, rows: 0, bytes: 0, failures: 0)
      } ?? ""
    let origin = StagedBetween.record(source: fingerprints.source, target: fingerprints.target)
    try databases.target.execute(
      origin + ending + "COMMIT; ANALYZE __backfill.task", doing: "committing the queue")
    result.staged = fresh.count
    result.splitChunks = fresh.count { $0.part?.number == 1 }
    result.parts = fresh.count { $0.part != nil }
    result.alreadyStaged = tasks.count - fresh.count
  }

  /// A queue that was staged between other databases keeps its tasks to itself. A new version of the extension makes
  /// no other database.
  private func refuseOthersQueue(_ databases: borrowing Databases, _ fingerprints: Fingerprints) throws {
    let differences = try fingerprints.differencesFromStaged(databases, ofDatabaseOnly: true)
    guard !differences.isEmpty else { return }
    throw CommandFailure.failed(
      "the target has a queue that was staged for other databases: \(differences.joined(separator: "; "))",
      advice: "run clean first if that queue is done with")
  }
}
