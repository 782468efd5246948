import ChunkCatalog
import Postgres
import TimescaleDB
import Waiting

/// Each source chunk's counterpart on the target: found, or made. Large chunks are cut into parts by time.
struct ChunkMatching {
  /// Uncompressed chunks with more bytes than this are cut; 0 cuts none.
  let splitSize: Int64
  let snapshot: String?
  /// Makes nothing, and takes what would be made for made.
  let isDryRun: Bool
  let interrupt: Interrupt
  let reporter: any Reporter

  /// What the target has for a source chunk.
  struct Counterpart {
    /// nil where there is none, and none can be made; and in a dry run.
    var name: QualifiedName?
    /// There is one, or there would be.
    var isThere = false
    var isCompressed = false
  }

  /// What was found for the plan's chunks.
  struct Found {
    /// What could become a task.
    var candidates: [Restaging.Candidate]
    /// Chunks that were made on the target, or would be.
    var created: Int
    /// Chunks of the source without a counterpart.
    var unmatched: Set<QualifiedName>
  }

  /// - Throws: `CommandFailure`, `PostgresError`.
  func find(_ plan: StagePlan, _ databases: borrowing Databases) throws -> Found {
    let (counterparts, created) = try counterparts(
      of: plan, databases.targetInstallation, on: databases.target)
    let divisions = try divisions(of: plan, counterparts, databases)
    let candidates = plan.candidates(
      targetChunks: counterparts.map(\.name), divisions: divisions, snapshot: snapshot)
    let unmatched = plan.work.indices.filter { !counterparts[$0].isThere }.map { plan.work[$0].chunk.name }
    return Found(candidates: candidates, created: created, unmatched: Set(unmatched))
  }

  /// The counterparts of the plan's chunks, after those were made that are missing.
  ///
  /// - Parameter installation: the target's.
  /// - Returns: with the number of those that were made, or would be.
  /// - Throws: `CommandFailure`, `PostgresError`.
  func counterparts(
    of plan: StagePlan, _ installation: Installation, on target: borrowing Connection
  ) throws -> (found: [Counterpart], created: Int) {
    var counterparts = Array(repeating: Counterpart(), count: plan.work.count)
    var created = 0
    let byHypertable = Dictionary(grouping: plan.work.indices, by: { plan.work[$0].pair.source.id })
    for pair in plan.pairs {
      guard let indexes = byHypertable[pair.source.id] else { continue }
      let wanted = match(indexes, of: pair, in: plan, &counterparts)
      guard !isDryRun else {
        let canCreate = installation.capabilities.canCreateChunks
        for place in wanted where canCreate && place.existing == nil {
          created += 1
          counterparts[place.index].isThere = true
        }
        continue
      }
      for (index, name) in try make(wanted, of: pair, installation, on: target) {
        if counterparts[index].name == nil { created += 1 }
        counterparts[index].name = name
        counterparts[index].isThere = true
      }
    }
    return (counterparts, created)
  }

  /// Finds the counterparts that are there.
  ///
  /// - Returns: those that are to be made, or made ready for compressed rows.
  private func match(
    _ indexes: [Int], of pair: HypertablePair, in plan: StagePlan, _ counterparts: inout [Counterpart]
  ) -> [ChunkMaker.Wanted] {
    let existing = TargetChunks(
      plan.targetChunks[pair.target.id] ?? [], timeIndex: pair.target.dimensions.timeIndex ?? 0)
    var wanted: [ChunkMaker.Wanted] = []
    var overlapping = 0
    for index in indexes {
      let work = plan.work[index]
      let slices = pair.targetSlices(work.chunk.slices)
      let found = existing.equal(to: slices)
      counterparts[index] = Counterpart(
        name: found?.name, isThere: found != nil, isCompressed: found?.status.contains(.compressed) ?? false)
      if found == nil, existing.collides(with: slices) {
        overlapping += 1
      } else if found == nil || work.needsCompression(of: found) {
        wanted.append(
          .init(
            index: index, slices: slices, existing: found?.name, isCompressed: found?.compression != nil,
            compression: work.chunk.compression))
      }
    }
    if overlapping > 0 {
      reporter.report(
        .warning(.staging(.overlapping(hypertable: pair.source.knownName, chunks: overlapping))))
    }
    return wanted
  }

  /// - Returns: the chunks' names by the wanted chunks' indexes.
  private func make(
    _ wanted: [ChunkMaker.Wanted], of pair: HypertablePair, _ installation: Installation,
    on target: borrowing Connection
  ) throws -> [Int: QualifiedName] {
    guard installation.capabilities.canCreateChunks, !wanted.isEmpty else { return [:] }
    let maker = ChunkMaker(
      hypertable: pair.target, compresses: pair.compresses, capabilities: installation.capabilities,
      extensionSchema: installation.schema,
      lockRetry: LockRetry(interrupt: interrupt, reporter: reporter))
    return try maker.make(wanted, on: target) {
      guard interrupt.stage == .running else { throw CommandFailure.stopped(.beforeStaging) }
    }
  }

  /// How large chunks are cut, and where the rows of those lie that the window cuts.
  private func divisions(
    of plan: StagePlan, _ counterparts: [Counterpart], _ databases: borrowing Databases
  ) throws(PostgresError) -> [Int: StagePlan.Division] {
    let large = Set(plan.work.indices.filter { isLarge(plan.work[$0], counterparts[$0]) })
    let concerned = plan.work.indices.filter { large.contains($0) || plan.work[$0].isWorthMeasuring }
    let byHypertable = Dictionary(grouping: concerned, by: { plan.work[$0].pair.source.id })
    var divisions: [Int: StagePlan.Division] = [:]
    for pair in plan.pairs {
      guard let indexes = byHypertable[pair.source.id] else { continue }
      try divisions.merge(
        divided(indexes, large: large, of: pair.source, in: plan, on: databases.source),
        uniquingKeysWith: { $1 })
    }
    return divisions
  }

  private func isLarge(_ work: StagePlan.Work, _ counterpart: Counterpart) -> Bool {
    splitSize > 0 && counterpart.isThere && !counterpart.isCompressed && work.isDivisible
      && work.chunk.size > splitSize
  }

  /// Looks at chunks of one hypertable, by a fixed number of questions.
  private func divided(
    _ indexes: [Int], large: Set<Int>, of hypertable: Hypertable, in plan: StagePlan,
    on source: borrowing Connection
  ) throws(PostgresError) -> [Int: StagePlan.Division] {
    guard let place = hypertable.dimensions.timeIndex, let type = hypertable.dimensions[place].timeType
    else { return [:] }
    let spreads = try TimeSpread.all(
      of: indexes.map { plan.work[$0].chunk.name }, column: hypertable.dimensions[place].column, type: type,
      on: source)
    var divisions: [Int: StagePlan.Division] = [:]
    var undivided = 0
    for (index, spread) in zip(indexes, spreads) {
      let work = plan.work[index]
      var division = StagePlan.Division(quantiles: spread.quantiles)
      if large.contains(index) {
        if spread.isReadableInParts {
          division.parts = ChunkParts.ranges(
            of: work.range, slice: work.chunk.slices[place], size: work.chunk.size, partSize: splitSize,
            quantiles: spread.quantiles, type: type)
        } else {
          undivided += 1
        }
      }
      divisions[index] = division
    }
    if undivided > 0 {
      reporter.report(
        .warning(.staging(.undivided(hypertable: hypertable.knownName, chunks: undivided))))
    }
    return divisions
  }
}
