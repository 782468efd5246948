import ChunkCatalog
import Postgres
import TimescaleDB
import Waiting

/// Each source chunk's counterpart on the target: found, or made. Large chunks are cut into parts by time.
struct ChunkMatching {
  /// Uncompressed chunks with more bytes than this are cut; 0 cuts none.
  let splitSize: Int64
  let snapshot: String?
  let interrupt: Interrupt
  let reporter: any Reporter

  /// What the target has for a source chunk.
  private struct Counterpart {
    /// nil where there is none, and none can be made.
    var name: QualifiedName?
    var isCompressed = false
  }

  /// - Returns: what could become a task, and how many chunks were made.
  /// - Throws: `CommandFailure`, `PostgresError`.
  func candidates(
    _ plan: StagePlan, _ databases: borrowing Databases
  ) throws -> (candidates: [Restaging.Candidate], created: Int) {
    var counterparts = Array(repeating: Counterpart(), count: plan.work.count)
    var created = 0
    let byHypertable = Dictionary(grouping: plan.work.indices, by: { plan.work[$0].pair.source.id })
    for pair in plan.pairs {
      guard let indexes = byHypertable[pair.source.id] else { continue }
      let wanted = match(indexes, of: pair, in: plan, &counterparts)
      for (index, name) in try make(wanted, of: pair, databases) {
        if counterparts[index].name == nil { created += 1 }
        counterparts[index].name = name
      }
    }
    let parts = try parts(of: plan, counterparts, databases)
    let candidates = plan.candidates(
      targetChunks: counterparts.map(\.name), parts: parts, snapshot: snapshot)
    return (candidates, created)
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
        name: found?.name, isCompressed: found?.status.contains(.compressed) ?? false)
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
    _ wanted: [ChunkMaker.Wanted], of pair: HypertablePair, _ databases: borrowing Databases
  ) throws -> [Int: QualifiedName] {
    let installation = databases.targetInstallation
    guard installation.capabilities.canCreateChunks, !wanted.isEmpty else { return [:] }
    let maker = ChunkMaker(
      hypertable: pair.target, compresses: pair.compresses, capabilities: installation.capabilities,
      extensionSchema: installation.schema,
      lockRetry: LockRetry(interrupt: interrupt, reporter: reporter))
    return try maker.make(wanted, on: databases.target) {
      guard interrupt.stage == .running else { throw CommandFailure.stopped(.beforeStaging) }
    }
  }

  /// How large chunks are cut.
  ///
  /// - Returns: the parts' ranges by the chunks' indexes.
  private func parts(
    of plan: StagePlan, _ counterparts: [Counterpart], _ databases: borrowing Databases
  ) throws(PostgresError) -> [Int: [Dimension.Range]] {
    guard splitSize > 0 else { return [:] }
    let large = plan.work.indices.filter { index in
      let work = plan.work[index]
      return counterparts[index].name != nil && !counterparts[index].isCompressed && work.isDivisible
        && work.chunk.size > splitSize
    }
    let byHypertable = Dictionary(grouping: large, by: { plan.work[$0].pair.source.id })
    var parts: [Int: [Dimension.Range]] = [:]
    for pair in plan.pairs {
      guard let indexes = byHypertable[pair.source.id] else { continue }
      try parts.merge(
        divided(indexes, of: pair.source, in: plan, on: databases.source), uniquingKeysWith: { $1 })
    }
    return parts
  }

  /// Cuts chunks of one hypertable, by a fixed number of questions.
  private func divided(
    _ indexes: [Int], of hypertable: Hypertable, in plan: StagePlan, on source: borrowing Connection
  ) throws(PostgresError) -> [Int: [Dimension.Range]] {
    guard let place = hypertable.dimensions.timeIndex, let type = hypertable.dimensions[place].timeType
    else { return [:] }
    let spreads = try TimeSpread.all(
      of: indexes.map { plan.work[$0].chunk.name }, column: hypertable.dimensions[place].column, type: type,
      on: source)
    var parts: [Int: [Dimension.Range]] = [:]
    for (index, spread) in zip(indexes, spreads) where spread.isReadableInParts {
      let work = plan.work[index]
      parts[index] = ChunkParts.ranges(
        of: work.range, slice: work.chunk.slices[place], size: work.chunk.size, partSize: splitSize,
        quantiles: spread.quantiles, type: type)
    }
    let undivided = spreads.count { !$0.isReadableInParts }
    if undivided > 0 {
      reporter.report(
        .warning(.staging(.undivided(hypertable: hypertable.knownName, chunks: undivided))))
    }
    return parts
  }
}
