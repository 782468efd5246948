import ChunkCatalog
import Postgres
import TimescaleDB
import Waiting

/// Refreshes the target's aggregates, sparing the buckets that a refresh would delete.
struct AggregateRefresher {
  private let own: [QualifiedName: Watermark]
  private let hypertables: [Int64: Hypertable]
  private let schema: Identifier
  private let capabilities: Capabilities
  private let interrupt: Interrupt
  private let reporter: any Reporter
  /// How far an earlier run has come, where there is a queue to note it.
  private let computed: [QualifiedName: ComputedRange]?

  /// - Parameters:
  ///   - own: the target's aggregates.
  ///   - hypertables: the target's.
  ///   - computed: nil without a queue.
  init(
    _ installation: Installation, _ own: [QualifiedName: Watermark], _ hypertables: [Hypertable],
    computed: [QualifiedName: ComputedRange]?, interrupt: Interrupt, reporter: any Reporter
  ) {
    self.own = own
    self.hypertables = Dictionary(
      hypertables.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    schema = installation.schema
    capabilities = installation.capabilities
    self.computed = computed
    self.interrupt = interrupt
    self.reporter = reporter
  }

  /// - Parameters:
  ///   - aggregate: the source's.
  ///   - wanted: nil when there is nothing to compute.
  ///   - sourceBuckets: what the source has in the gaps of the target's rows.
  /// - Returns: nil where the run was stopped before all was computed; what is, stays.
  /// - Throws: `RefreshObstacle` when this aggregate can't be refreshed; `PostgresError`.
  func refresh(
    _ aggregate: Watermark, _ wanted: RefreshedRange?, on target: borrowing Connection,
    _ sourceBuckets: (MissingRows) throws -> [(first: Int64, last: Int64)?]
  ) throws -> RefreshedAggregate? {
    let started = ContinuousClock.now
    let name = aggregate.aggregate
    guard let own = own[name], let raw = hypertables[own.rawHypertableID] else {
      throw RefreshObstacle(.noCounterpart(view: name))
    }
    guard let type = aggregate.timeType, own.timeType == type else {
      throw RefreshObstacle(.unsupportedTime(view: name))
    }
    let nothing = RefreshedAggregate(view: name, range: nil, duration: .zero)
    guard let wanted else { return nothing }
    if !wanted.isForced {
      guard try own.isChanged(in: wanted.range, on: target) else { return nothing }
    }
    let missing = try MissingRows(of: raw, in: wanted.range, capabilities: capabilities, on: target)
    let buckets = try missing.buckets(of: own, on: target)
    let kept = buckets.compactMap { $0 }
    try tell(kept: kept, of: name, type, on: target)
    let batches = wanted.sparing(kept).flatMap {
      RefreshBatch.cut($0, at: missing.chunkStarts, longestBucket: own.longestBucket, step: type.step)
    }
    let computed = try compute(batches, of: own, wanted, type, on: target) { batch throws(PostgresError) in
      guard try !missing.stillHolds(in: batch.window, on: target) else { return [batch.window] }
      let now = try MissingRows(of: raw, in: batch.window, capabilities: capabilities, on: target)
      let kept = try now.buckets(of: own, on: target).compactMap { $0 }
      try tell(kept: kept, of: name, type, on: target)
      var part = wanted
      part.range = batch.window
      return part.sparing(kept)
    }
    guard let computed else { return nil }
    if let lacking = wanted.lacking(try sourceBuckets(missing), buckets) {
      try tell(lacking, of: name, type, wanted.copied, on: target)
    }
    guard let first = computed.first, let last = computed.last else { return nothing }
    return RefreshedAggregate(
      view: name,
      range: try shown(lowerBound(first, type), type.constant(last.upper), on: target),
      duration: ContinuousClock.now - started)
  }

  /// Buckets that have no rows to be computed from, and stay.
  private func tell(
    kept: [(first: Int64, last: Int64)], of name: QualifiedName, _ type: TimeType,
    on target: borrowing Connection
  ) throws(PostgresError) {
    for (first, last) in kept {
      let (from, to) = try shown(type.constant(first), type.constant(last), on: target)
      reporter.report(.note(.refresh(.bucketsKept(view: name, from: from, to: to))))
    }
  }

  /// One batch after the other, each committed by itself.
  ///
  /// - Parameter windows: what of a batch's window has rows to be computed from, asked just before: the last batches are
  ///   computed long after the first look.
  /// - Returns: what was computed; nil where the run was stopped.
  private func compute(
    _ batches: [RefreshBatch], of own: Watermark, _ wanted: RefreshedRange, _ type: TimeType,
    on target: borrowing Connection, windows: (RefreshBatch) throws(PostgresError) -> [Dimension.Range]
  ) throws(PostgresError) -> [Dimension.Range]? {
    var computed: [Dimension.Range] = []
    var told = ContinuousClock.Instant?.none
    let earlier = self.computed?[own.aggregate]
    for (number, batch) in batches.enumerated() {
      guard interrupt.stage == .running else { return nil }
      let isDone = earlier?.covers(batch.core) == true
      if let isForced = try need(of: batch, own, isForced: wanted.isForced, isDone: isDone, on: target) {
        var isComputed = false
        for window in try windows(batch)
        where try compute(own.aggregate, window, type, isForced: isForced, on: target) { isComputed = true }
        if isComputed { computed.append(batch.core) }
      }
      if wanted.isForced, !isDone {
        try note(wanted.range.lower..<batch.core.upper, earlier, of: own, on: target)
      }
      guard batches.count > 1, told.map({ .now - $0 > .seconds(1) }) ?? true else { continue }
      told = .now
      reporter.report(
        .refreshing(
          RefreshStep(
            view: own.aggregate, batch: number + 1, batches: batches.count,
            to: type.text(of: batch.core.upper))))
    }
    return computed
  }

  /// - Parameter isDone: an earlier run has computed it, so that only what has changed since is of interest.
  /// - Returns: whether it has to be forced; nil when there is nothing to do.
  private func need(
    of batch: RefreshBatch, _ own: Watermark, isForced: Bool, isDone: Bool, on target: borrowing Connection
  ) throws(PostgresError) -> Bool? {
    guard isForced, !isDone else {
      // What was forced may still count as changed; what was written since is in the hypertable's log.
      let logs: [ChangedTime.Log] =
        isDone && isForced && !capabilities.forcedRefreshSettles
        ? [.ofHypertable] : [.ofAggregate, .ofHypertable]
      return try own.isChanged(in: batch.core, notedIn: logs, on: target) ? false : nil
    }
    // Where all of it counts as changed, and won't any more once it is computed, no force is needed.
    return try !own.isWhollyChanged(in: batch.core, on: target)
  }

  /// Writes down how far it is.
  private func note(
    _ range: Swift.Range<Int64>, _ earlier: ComputedRange?, of own: Watermark,
    on target: borrowing Connection
  ) throws(PostgresError) {
    guard computed != nil else { return }
    // What an earlier run has computed goes on into this, or isn't of interest.
    let isContinued =
      earlier.map { $0.range.lower <= range.lowerBound && range.lowerBound <= $0.range.upper } ?? false
    let lower = isContinued ? earlier?.range.lower ?? range.lowerBound : range.lowerBound
    try target.execute(
      ComputedRange(Dimension.Range(lower: lower, upper: range.upperBound)).noting(own),
      doing: "noting how far \(own.aggregate) is refreshed")
  }

  /// Buckets that can only come by copying: a failure where the queue says that the target should have them.
  private func tell(
    _ lacking: (first: Int64, last: Int64), of name: QualifiedName, _ type: TimeType,
    _ copied: CopiedBuckets, on target: borrowing Connection
  ) throws {
    let (from, to) = try shown(type.constant(lacking.first), type.constant(lacking.last), on: target)
    let finding = RefreshFinding.bucketsLacking(view: name, from: from, to: to, copied)
    guard copied == .none else { throw RefreshObstacle(finding) }
    reporter.report(.warning(.refresh(finding)))
  }

  /// - Returns: false when the range has no whole bucket.
  private func compute(
    _ name: QualifiedName, _ range: Dimension.Range, _ type: TimeType, isForced: Bool,
    on target: borrowing Connection
  ) throws(PostgresError) -> Bool {
    do throws(PostgresError) {
      try target.execute(
        """
        CALL \(schema).refresh_continuous_aggregate(
          \(name.description)::regclass, \(lowerBound(range, type)), \(type.constant(range.upper))\(isForced ? ", force => true" as SQL : ""))
        """, doing: "refreshing \(name)")
      return true
    } catch {
      // This function raises the SQLSTATE for that reason alone (tsl/src/continuous_aggs/refresh.c, 2.14.0 to 2.29.2).
      guard error.sqlState == SQLState.invalidParameterValue,
        error.routine == "continuous_agg_refresh_internal"
      else { throw error }
      return false
    }
  }

  private func lowerBound(_ range: Dimension.Range, _ type: TimeType) -> SQL {
    range.lower == .min ? "NULL" : type.constant(range.lower)
  }

  /// Two times as the target writes them.
  private func shown(
    _ from: SQL, _ to: SQL, on target: borrowing Connection
  ) throws(PostgresError) -> (from: String, to: String) {
    try target.query(
      "SELECT coalesce((\(from))::text, '-') AS lower, (\(to))::text AS upper", doing: "writing a time"
    ) {
      row throws(PostgresError) in (try row.text("lower"), try row.text("upper"))
    }.first ?? ("-", "-")
  }
}

/// Why one aggregate can't be refreshed; the others can.
struct RefreshObstacle: Error {
  let finding: RefreshFinding

  init(_ finding: RefreshFinding) { self.finding = finding }
}

extension RefreshFinding {
  /// What an error means for one aggregate; nil where it is none of that aggregate's.
  init?(_ error: any Error, of view: QualifiedName) {
    switch error {
    case let obstacle as RefreshObstacle: self = obstacle.finding
    case let error as PostgresError where error.kind == .refusedByServer:
      self = .refused(view: view, error)
    default: return nil
    }
  }
}
