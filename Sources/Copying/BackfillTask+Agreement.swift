public import ChunkCatalog
internal import Postgres
public import TaskEngine
public import TimescaleDB

extension BackfillTask {
  /// Refuses a task that doesn't agree with the source's chunk. The queue is a table that anybody with the role may
  /// write to, and chunks and hypertables may have changed since staging: a task that means another hypertable, other
  /// slices or other bounds than were staged would clear rows that nobody meant to replace.
  ///
  /// - Throws: `TaskFailure`.
  public func refuseDisagreement(with source: ChunkDescription) throws(TaskFailure) {
    if let reason = wrongHypertable(source.hypertable)
      ?? (hasBounds ? wrongSlices(source) ?? wrongBounds(source) : nil)
    {
      throw TaskFailure(
        reason, advice: "the task was changed, or the chunk since it was staged; run clean, then stage again")
    }
  }

  private func wrongHypertable(_ found: QualifiedName) -> String? {
    guard let hypertable else { return nil }
    guard found == hypertable else {
      return "the chunk is one of hypertable \(found), and was staged as one of \(hypertable)"
    }
    guard targetHypertable != hypertable,
      !(Self.isMaterialized(targetHypertable) && Self.isMaterialized(hypertable))
    else { return nil }
    return "rows of hypertable \(hypertable) don't belong into \(targetHypertable)"
  }

  /// A continuous aggregate's hypertable is named for its number, which differs between databases.
  private static func isMaterialized(_ name: QualifiedName) -> Bool {
    name.schema.name == "_timescaledb_internal" && name.name.name.hasPrefix("_materialized_hypertable_")
  }

  private func wrongSlices(_ source: ChunkDescription) -> String? {
    hasSlices(source.dimensions, source.slices)
      ? nil : "the chunk isn't the one that was staged: its dimensions or their ranges differ"
  }

  private func wrongBounds(_ source: ChunkDescription) -> String? {
    guard !bounds.isWholeChunk else {
      return filter == nil ? nil : "the task has a filter and no bounds, so its part of the chunk isn't known"
    }
    guard let index = source.timeIndex, index < source.slices.count else { return nil }
    let slice = source.slices[index]
    let isInside =
      bounds.range.lower < bounds.range.upper
      && [bounds.lower, bounds.upper].allSatisfy { $0.map { slice.lower < $0 && $0 < slice.upper } ?? true }
    return isInside ? nil : "the task's bounds don't lie in the chunk"
  }
}
