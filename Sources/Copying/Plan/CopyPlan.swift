public import ChunkPairs
internal import Postgres
internal import TimescaleDB

/// What has to be done for one task: a pure function of what both databases say about the chunk.
public struct CopyPlan: Sendable, Equatable {
  public var steps: [CopyStep]
  /// What a person may want to know about how the chunk went.
  public var remarks: [String]

  public init(steps: [CopyStep], remarks: [String] = []) {
    self.steps = steps
    self.remarks = remarks
  }
}

extension CopyPlan {
  /// - Throws: `ChunkProblem` when there is no way that keeps every row.
  public init(_ facts: Facts) throws(ChunkProblem) {
    try Self.refuseHypercore(facts)
    if let target = facts.target {
      self =
        try facts.isPart
        ? Self.part(facts, target: target)
        : facts.pair.isWholeChunk
          ? Self.wholeChunk(facts, target: target) : Self.partOfChunk(facts, target: target)
    } else {
      self = try Self.throughHypertable(facts)
    }
    if facts.loadsUserFunctions { steps.insert(.useDatabaseSearchPath, at: 0) }
  }

  private static func refuseHypercore(_ facts: Facts) throws(ChunkProblem) {
    let sides: [(Side, ChunkDescription?)] = [(.source, facts.source), (.target, facts.target)]
    for (side, chunk) in sides where chunk?.accessMethod == "hypercore" { throw .hypercore(side) }
  }

  /// No chunk of the target has these slices: delete and insert by range, through the hypertable. The rows find
  /// their chunks, which TimescaleDB makes where there are none.
  private static func throughHypertable(_ facts: Facts) throws(ChunkProblem) -> CopyPlan {
    let predicate = try facts.pair.hypertablePredicate()
    return CopyPlan(
      steps: facts.suppression + (facts.capabilities.hasColumnRanges ? [.trackColumnRanges] : [])
        + [
          .delete(from: facts.targetHypertable, only: false, where: predicate),
          .stream(try facts.rowStream(into: facts.targetHypertable)),
        ],
      remarks: ["through the hypertable, as the target has no chunk with the same slices"]
        + facts.formatRemarks)
  }

  /// A range that ends inside the chunk: newer (or older) rows stay, so the chunk is opened, the range replaced, and
  /// closed again.
  private static func partOfChunk(_ facts: Facts, target: ChunkDescription) throws(ChunkProblem) -> CopyPlan {
    var steps = facts.suppression
    if target.status.contains(.frozen) { steps.append(.unfreeze(target.name)) }
    if target.compressed != nil { steps.append(.decompress(target.name)) }
    steps += facts.unloggedPart(
      [
        .delete(from: target.name, only: true, where: try facts.pair.timePredicate()),
        .stream(try facts.rowStream(into: facts.plainDestination(target))),
      ], of: target)
    if target.compressed != nil { steps.append(.compress(target.name)) }
    if target.status.contains(.frozen) { steps.append(.freeze(target.name)) }
    return CopyPlan(steps: steps, remarks: facts.formatRemarks)
  }
}
