public import ChunkCatalog
internal import Postgres
public import TimescaleDB

extension BackfillTask {
  /// Refuses a task that doesn't agree with the source's chunk. The queue is a table that anybody with the role may
  /// write to, and chunks and hypertables may have changed since staging: a task that means another hypertable, other
  /// slices or other bounds than were staged would clear rows that nobody meant to replace.
  ///
  /// - Throws: `TaskFailure`.
  public func refuseDisagreement(with source: ChunkDescription) throws(TaskFailure) {
    if let problem = wrongHypertable(source.hypertable)
      ?? (hasBounds ? wrongSlices(source) ?? wrongBounds(source) : nil)
    {
      throw TaskFailure(problem)
    }
  }

  private func wrongHypertable(_ found: QualifiedName) -> ChunkProblem? {
    guard let hypertable else { return nil }
    guard found == hypertable else {
      return .otherHypertable(found: found, staged: hypertable)
    }
    guard targetHypertable != hypertable,
      !(targetHypertable.isMaterializedHypertable && hypertable.isMaterializedHypertable)
    else { return nil }
    return .wrongTarget(hypertable: hypertable, target: targetHypertable)
  }

  private func wrongSlices(_ source: ChunkDescription) -> ChunkProblem? {
    hasSlices(source.dimensions, source.slices) ? nil : .otherSlices
  }

  private func wrongBounds(_ source: ChunkDescription) -> ChunkProblem? {
    guard !bounds.isWholeChunk else {
      return filter == nil ? nil : .filterWithoutBounds
    }
    guard let index = source.timeIndex, index < source.slices.count else { return nil }
    let slice = source.slices[index]
    let isInside =
      bounds.range.lower < bounds.range.upper
      && [bounds.lower, bounds.upper].allSatisfy { $0.map { slice.lower < $0 && $0 < slice.upper } ?? true }
    return isInside ? nil : .boundsOutsideChunk
  }
}

extension BackfillTask {
  /// Refuses a part of a chunk that another tool staged: it says what it means only in a text, which is never run as SQL.
  ///
  /// - Throws: `TaskFailure`.
  public func refuseForeignFilter() throws(TaskFailure) {
    guard !hasBounds, filter != nil else { return }
    throw TaskFailure(.filterOfAnotherTool)
  }
}
