internal import ChunkCatalog
internal import ChunkPairs
internal import Postgres
internal import TimescaleDB

/// Tasks that don't own a chunk of the target: other rows of it stay.
extension CopyPlan {
  /// No chunk of the target has these slices: delete and insert by range, through the hypertable. The rows find
  /// their chunks, which TimescaleDB makes where there are none. Batches don't.
  static func throughHypertable(_ facts: Facts) throws(ChunkProblem) -> CopyPlan {
    let predicate = try facts.pair.hypertablePredicate()
    return CopyPlan(
      steps: facts.suppression + (facts.capabilities.hasColumnRanges ? [.trackColumnRanges] : [])
        + [
          .delete(from: facts.targetHypertable, only: false, where: predicate),
          .stream(try facts.rowStream(into: facts.targetHypertable)),
        ],
      remarks: [.throughHypertable] + facts.formatRemarks)
  }

  /// A range that ends inside the chunk: newer (or older) rows stay, so the chunk is opened, the range replaced, and
  /// closed again.
  static func boundaryChunk(_ facts: Facts, target: ChunkDescription) throws(ChunkProblem) -> CopyPlan {
    var steps = facts.suppression
    if target.status.contains(.frozen) { steps.append(.unfreeze(target.name)) }
    if target.compressed != nil { steps.append(.decompress(target.name)) }
    steps += facts.unloggedPart(try replacingRange(facts, of: target), of: target)
    if target.compressed != nil { steps.append(.compress(target.name)) }
    if target.status.contains(.frozen) { steps.append(.freeze(target.name)) }
    return CopyPlan(steps: steps, remarks: facts.formatRemarks)
  }

  /// One of several parts of a chunk, each in a transaction of its own: nothing here may lock the others out. What does
  /// was done before by `SplitPreparation`, and is restored by the last part.
  static func part(_ facts: Facts, target: ChunkDescription) throws(ChunkProblem) -> CopyPlan {
    CopyPlan(
      steps: facts.suppression + facts.unloggedBeside(try replacingRange(facts, of: target), of: target),
      remarks: facts.formatRemarks)
  }

  private static func replacingRange(
    _ facts: Facts, of target: ChunkDescription
  ) throws(ChunkProblem) -> [CopyStep] {
    [
      .delete(from: target.name, only: true, where: try facts.pair.timePredicate()),
      .stream(try facts.rowStream(into: facts.plainDestination(target))),
    ]
  }
}
