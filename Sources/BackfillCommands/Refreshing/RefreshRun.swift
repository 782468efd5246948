import ChunkCatalog
import Postgres
import TimescaleDB
import Waiting

/// Refreshes aggregates of the target, one after the other, for a session that has the queue to itself: rows that arrive
/// while buckets are computed would be missing in them.
struct RefreshRun {
  let source: SourceAggregates
  /// The target's.
  let installation: Installation
  let isForced: Bool
  let identity: RunIdentity
  let interrupt: Interrupt
  let reporter: any Reporter

  /// - Parameter buckets: what the source has of an aggregate in the gaps of the target's rows.
  /// - Throws: `CommandFailure`, for what stops the run; aggregates that fail are in the result.
  func perform(
    on target: borrowing Connection,
    _ buckets: (MissingRows, Watermark) throws -> [(first: Int64, last: Int64)?]
  ) throws -> RefreshResult {
    let started = ContinuousClock.now
    let hypertables = try Hypertable.all(on: target)
    let queue = try RefreshQueue(source, hypertables, on: target)
    let own = Dictionary(
      try Watermark.all(on: target).map { ($0.aggregate, $0) }, uniquingKeysWith: { first, _ in first })
    let ranges = ranges(queue, own)
    try refuseMissingRows(ranges, queue)
    let refresher = AggregateRefresher(
      installation, own, hypertables, computed: try computed(queue, on: target), interrupt: interrupt,
      reporter: reporter)
    let record = queue.exists ? try record(on: target).begin(on: target) : nil
    var result = RefreshResult()
    for aggregate in RefreshCaggs.levels(source.aggregates).joined() where !result.stopped {
      result.stopped = interrupt.stage != .running
      guard !result.stopped else { break }
      let range = ranges[aggregate.materializedID] ?? nil
      try refresh(aggregate, &result) {
        try refresher.refresh(aggregate, range, on: target) { try buckets($0, aggregate) }
      }
    }
    result.duration = ContinuousClock.now - started
    if let record { endRecord(record, result, on: target) }
    return result
  }

  /// How far earlier runs have come; nil without a queue to note it.
  private func computed(
    _ queue: RefreshQueue, on target: borrowing Connection
  ) throws(PostgresError) -> [QualifiedName: ComputedRange]? {
    guard queue.exists else { return nil }
    return isForced ? [:] : try ComputedRange.all(on: target)
  }

  /// What is to be computed, by the aggregates' ids; nil for nothing.
  private func ranges(
    _ queue: RefreshQueue, _ own: [QualifiedName: Watermark]
  ) -> [Int64: RefreshedRange?] {
    let found = source.aggregates.map { aggregate in
      (
        aggregate.materializedID,
        RefreshedRange(
          staged: queue.end(of: aggregate),
          isDropped: own[aggregate.aggregate].map { queue.wentWith(aggregate, before: $0) } ?? false,
          watermark: aggregate.refreshedTo,
          canForce: installation.capabilities.canForceRefresh)
      )
    }
    return Dictionary(found, uniquingKeysWith: { first, _ in first })
  }

  /// Refreshes one aggregate. That it can't be refreshed doesn't keep the others from it.
  private func refresh(
    _ aggregate: Watermark, _ result: inout RefreshResult, _ body: () throws -> RefreshedAggregate?
  ) throws {
    do {
      guard let refreshed = try body() else {
        result.stopped = true
        return
      }
      if refreshed.range == nil { result.upToDate += 1 } else { result.refreshed += 1 }
      result.aggregates.append(refreshed)
      reporter.report(.refreshed(refreshed))
    } catch {
      guard let reason = RefreshFinding(error, of: aggregate.aggregate) else { throw error }
      result.failures.append(FailedAggregate(view: aggregate.aggregate, reason: reason))
      reporter.report(.warning(.refresh(reason)))
    }
  }

  /// Buckets over rows that aren't there yet would be wrong, and nothing would compute them again.
  private func refuseMissingRows(
    _ ranges: [Int64: RefreshedRange?], _ queue: RefreshQueue
  ) throws(CommandFailure) {
    var chunks: [QualifiedName] = []
    var views: [QualifiedName] = []
    for aggregate in source.aggregates {
      guard let range = ranges[aggregate.materializedID] ?? nil else { continue }
      let missing = queue.uncopied(under: aggregate, in: range.range, source.links)
      if !missing.isEmpty { views.append(aggregate.aggregate) }
      chunks += missing.filter { !chunks.contains($0) }
    }
    guard !chunks.isEmpty else { return }
    let finding = Finding.refresh(.uncopied(views: views, chunks: chunks, isForced: isForced))
    guard isForced else { throw .failed(finding) }
    reporter.report(.warning(finding))
  }

  private func record(on target: borrowing Connection) -> RunRecord {
    identity.record(
      of: "refresh-caggs", from: source.database, to: ConnectedDatabase(target, installation).recorded)
  }

  private func endRecord(_ id: Int64, _ result: RefreshResult, on target: borrowing Connection) {
    let outcome: RunOutcome = result.stopped ? .stopped : result.failures.isEmpty ? .done : .notAllWell
    try? target.execute(
      RunRecord.end(
        id, outcome: outcome, chunks: result.refreshed, rows: 0, bytes: 0, failures: result.failures.count),
      doing: "recording the run")
  }
}
