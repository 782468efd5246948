import ChunkCatalog
import Postgres
import TimescaleDB
public import Waiting

/// `refresh-caggs`: computes on the target what the source's continuous aggregates have beyond what was copied.
public struct RefreshCaggs: Sendable {
  public var endpoints: Endpoints
  public var selection: Selection
  /// Refreshes also where rows are still to be copied.
  public var isForced: Bool
  public var identity: RunIdentity

  public init(
    endpoints: Endpoints, selection: Selection, isForced: Bool = false, identity: RunIdentity = RunIdentity()
  ) {
    self.endpoints = endpoints
    self.selection = selection
    self.isForced = isForced
    self.identity = identity
  }

  /// - Throws: `CommandFailure`, for what stops the run; aggregates that fail are in the result.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> RefreshResult
  {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting { try refresh(interrupt: interrupt, reporter: reporter) }
    }
  }

  private func refresh(interrupt: Interrupt, reporter: any Reporter) throws -> RefreshResult {
    let started = ContinuousClock.now
    let databases = try Databases.open(
      endpoints, purpose: "refresh-caggs", interrupt: interrupt, reporter: reporter)
    // Rows that arrive while buckets are computed would be missing in them.
    try Databases.lock(.exclusive, on: databases.target, interrupt: interrupt)
    let hypertables = try Hypertable.all(on: databases.source)
    let aggregates = try chosen(hypertables, databases)
    let queue = try RefreshQueue(databases)
    let ranges = Self.ranges(
      of: aggregates, queue, canForce: databases.targetInstallation.capabilities.canForceRefresh)
    try refuseMissingRows(aggregates, ranges, queue, hypertables, reporter: reporter)
    let refresher = try AggregateRefresher(databases, reporter: reporter)
    let record =
      queue.exists
      ? try identity.record(of: "refresh-caggs", between: databases).begin(on: databases.target) : nil
    var result = RefreshResult()
    for aggregate in Self.levels(aggregates).joined() {
      guard interrupt.stage == .running else {
        result.stopped = true
        break
      }
      let range = ranges[aggregate.materializedID] ?? nil
      try refresh(aggregate, range, refresher, databases, &result, reporter)
    }
    result.duration = ContinuousClock.now - started
    if let record { endRecord(record, result, on: databases.target) }
    return result
  }

  /// What is to be computed, by the aggregates' ids; nil for nothing.
  private static func ranges(
    of aggregates: [Watermark], _ queue: RefreshQueue, canForce: Bool
  ) -> [Int64: RefreshedRange?] {
    Dictionary(
      aggregates.map { aggregate in
        (
          aggregate.materializedID,
          RefreshedRange(
            staged: queue.end(of: aggregate), watermark: aggregate.refreshedTo, canForce: canForce)
        )
      }, uniquingKeysWith: { first, _ in first })
  }

  /// Refreshes one aggregate. That it can't be refreshed doesn't keep the others from it.
  private func refresh(
    _ aggregate: Watermark, _ range: RefreshedRange?, _ refresher: AggregateRefresher,
    _ databases: borrowing Databases, _ result: inout RefreshResult, _ reporter: any Reporter
  ) throws {
    do {
      let refreshed = try refresher.refresh(
        aggregate, range, source: databases.source, target: databases.target)
      if refreshed.range == nil { result.upToDate += 1 } else { result.refreshed += 1 }
      result.aggregates.append(refreshed)
      reporter.report(.refreshed(refreshed))
    } catch {
      guard let reason = RefreshFinding(error, of: aggregate.aggregate) else { throw error }
      result.failures.append(FailedAggregate(view: aggregate.aggregate, reason: reason))
      reporter.report(.warning(.refresh(reason)))
    }
  }

  /// The source's aggregates that are asked for.
  private func chosen(_ hypertables: [Hypertable], _ databases: borrowing Databases) throws -> [Watermark] {
    let chosen = Set(try selection.chosen(from: hypertables, on: databases.source).map(\.id))
    let aggregates = try Watermark.all(on: databases.source).filter { chosen.contains($0.materializedID) }
    guard selection.filter == nil || !aggregates.isEmpty else {
      throw CommandFailure.failed(.selection(chosen.isEmpty ? .nothingMatches : .noAggregateMatches))
    }
    return aggregates
  }

  /// Buckets over rows that aren't there yet would be wrong, and nothing would compute them again.
  private func refuseMissingRows(
    _ aggregates: [Watermark], _ ranges: [Int64: RefreshedRange?], _ queue: RefreshQueue,
    _ hypertables: [Hypertable], reporter: any Reporter
  ) throws(CommandFailure) {
    let byID = Dictionary(hypertables.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var chunks: [QualifiedName] = []
    var views: [QualifiedName] = []
    for aggregate in aggregates {
      guard let range = ranges[aggregate.materializedID] ?? nil else { continue }
      let missing = queue.uncopied(under: aggregate, in: range.range, byID)
      if !missing.isEmpty { views.append(aggregate.aggregate) }
      chunks += missing.filter { !chunks.contains($0) }
    }
    guard !chunks.isEmpty else { return }
    let finding = Finding.refresh(.uncopied(views: views, chunks: chunks, isForced: isForced))
    guard isForced else { throw .failed(finding) }
    reporter.report(.warning(finding))
  }

  private func endRecord(_ id: Int64, _ result: RefreshResult, on target: borrowing Connection) {
    let outcome = result.stopped ? "stopped" : result.failures.isEmpty ? "done" : "done, not all well"
    try? target.execute(
      RunRecord.end(
        id, outcome: outcome, chunks: result.refreshed, rows: 0, bytes: 0, failures: result.failures.count),
      doing: "recording the run")
  }

  /// Aggregates on hypertables first, then aggregates on those, and so on.
  static func levels(_ aggregates: [Watermark]) -> [[Watermark]] {
    let ids = Set(aggregates.map(\.materializedID))
    var placed: Set<Int64> = []
    var rest = aggregates
    var levels: [[Watermark]] = []
    while !rest.isEmpty {
      let ready = rest.filter { !ids.contains($0.rawHypertableID) || placed.contains($0.rawHypertableID) }
      guard !ready.isEmpty else { return levels + [rest] }
      levels.append(ready)
      placed.formUnion(ready.map(\.materializedID))
      rest.removeAll { placed.contains($0.materializedID) }
    }
    return levels
  }
}
