import ChunkCatalog
import Postgres
import TimescaleDB
import Waiting

extension Stage {
  /// Finds each chunk's counterpart on the target, or makes it.
  func withChunks(
    _ plan: StagePlan, _ databases: borrowing Databases, interrupt: Interrupt, reporter: any Reporter,
    result: inout StageResult
  ) throws -> [Restaging.Candidate] {
    let work = plan.work
    var names: [QualifiedName?] = Array(repeating: nil, count: work.count)
    var isCompressed = Array(repeating: false, count: work.count)
    let capabilities = databases.targetInstallation.capabilities
    for (_, indexes) in Dictionary(grouping: work.indices, by: { work[$0].pair.source.id }) {
      guard let pair = indexes.first.map({ work[$0].pair }) else { continue }
      let existing = TargetChunks(
        plan.targetChunks[pair.target.id] ?? [],
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
    return plan.candidates(targetChunks: names, parts: parts, snapshot: snapshot)
  }

  /// Cuts large chunks by time, by a fixed number of questions per type of time column.
  ///
  /// - Returns: the parts' ranges by the chunks' indexes.
  private func divided(
    _ work: [StagePlan.Work], _ large: [Int], _ databases: borrowing Databases, reporter: any Reporter
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
}
