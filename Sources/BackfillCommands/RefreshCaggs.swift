import ChunkCatalog
public import Postgres
import TimescaleDB

/// `refresh-caggs`: refreshes the target's continuous aggregates from their own watermarks to the source's.
public struct RefreshCaggs: Sendable {
  public var endpoints: Endpoints
  public var selection: Selection
  public var identity: RunIdentity

  public init(endpoints: Endpoints, selection: Selection, identity: RunIdentity = RunIdentity()) {
    self.endpoints = endpoints
    self.selection = selection
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
    let hypertables = try Hypertable.all(on: databases.source)
    let chosen = Set(try selection.chosen(from: hypertables, on: databases.source).map(\.id))
    let theirs = try Watermark.all(on: databases.source).filter { chosen.contains($0.materializedID) }
    let ours = Dictionary(
      try Watermark.all(on: databases.target).map { ($0.aggregate, $0) },
      uniquingKeysWith: { first, _ in first })
    let record = beginRecord(on: databases.target)
    var result = RefreshResult()
    for level in Self.levels(theirs) {
      for aggregate in level {
        guard interrupt.stage == .running else {
          result.stopped = true
          break
        }
        do throws(PostgresError) {
          let refreshed = try refresh(
            aggregate, own: ours[aggregate.aggregate], schema: databases.targetInstallation.schema,
            on: databases.target)
          if refreshed.range == nil { result.upToDate += 1 } else { result.refreshed += 1 }
          reporter.report(.refreshed(refreshed))
        } catch {
          guard error.kind == .refusedByServer else { throw error }
          result.failures.append((view: "\(aggregate.aggregate)", reason: "\(error)"))
          reporter.report(.warning("\(aggregate.aggregate): \(error)"))
        }
      }
    }
    result.duration = ContinuousClock.now - started
    if let record { endRecord(record, result, on: databases.target) }
    return result
  }

  /// Refreshing needs no queue; where there is one, its run history tells of this run too, if the role may write to it.
  private func beginRecord(on target: borrowing Connection) -> Int64? {
    guard (try? QueueSchema.exists(on: target)) == true, (try? QueueSchema.isComplete(on: target)) == true
    else { return nil }
    return (try? identity.record(of: "refresh-caggs").begin(on: target)) ?? nil
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

  private func refresh(
    _ aggregate: Watermark, own: Watermark?, schema: Identifier, on target: borrowing Connection
  ) throws(PostgresError) -> RefreshedAggregate {
    let started = ContinuousClock.now
    let operation = "refreshing \(aggregate.aggregate)"
    guard let own else {
      throw PostgresError(
        kind: .refusedByServer, side: .target, operation: operation,
        message: "the target has no such aggregate")
    }
    guard let type = aggregate.timeType else {
      throw PostgresError(
        kind: .refusedByServer, side: .target, operation: operation,
        message: "the type of its time column is not supported")
    }
    guard let upper = aggregate.value, upper > own.value ?? .min else {
      return RefreshedAggregate(view: aggregate.aggregate, range: nil, duration: .zero)
    }
    let lower = try own.firstToRefresh(on: target)
    let from: SQL = lower.map { type.constant($0) } ?? "NULL"
    let to = type.constant(upper)
    let shown: [(from: String, to: String)] = try target.query(
      "SELECT coalesce((\(from))::text, '-'), (\(to))::text", doing: operation
    ) { row throws(PostgresError) in (try row.text(0), try row.text(1)) }
    try target.execute(
      """
      CALL \(schema).refresh_continuous_aggregate(
        \(aggregate.aggregate.description)::regclass, \(from), \(to))
      """, doing: operation)
    return RefreshedAggregate(
      view: aggregate.aggregate, range: shown.first, duration: ContinuousClock.now - started)
  }
}
