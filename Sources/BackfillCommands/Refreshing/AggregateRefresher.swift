import Postgres
import TimescaleDB

/// Refreshes the target's aggregates, sparing the buckets that a refresh would delete.
struct AggregateRefresher {
  private let own: [QualifiedName: Watermark]
  private let hypertables: [Int64: Hypertable]
  private let schema: Identifier
  private let capabilities: Capabilities
  private let reporter: any Reporter

  /// - Throws: `PostgresError`.
  init(_ databases: borrowing Databases, reporter: any Reporter) throws(PostgresError) {
    own = Dictionary(
      try Watermark.all(on: databases.target).map { ($0.aggregate, $0) },
      uniquingKeysWith: { first, _ in first })
    hypertables = Dictionary(
      try Hypertable.all(on: databases.target).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    schema = databases.targetInstallation.schema
    capabilities = databases.targetInstallation.capabilities
    self.reporter = reporter
  }

  /// - Parameters:
  ///   - aggregate: the source's.
  ///   - wanted: nil when there is nothing to compute.
  /// - Throws: `RefreshObstacle` when this aggregate can't be refreshed; `PostgresError`.
  func refresh(
    _ aggregate: Watermark, _ wanted: RefreshedRange?, source: borrowing Connection,
    target: borrowing Connection
  ) throws -> RefreshedAggregate {
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
    for (first, last) in kept {
      let (from, to) = try shown(type.constant(first), type.constant(last), on: target)
      reporter.report(.note(.refresh(.bucketsKept(view: name, from: from, to: to))))
    }
    let computed = try compute(name, wanted, sparing: kept, type, on: target)
    if let lacking = wanted.lacking(try missing.buckets(of: aggregate, on: source), buckets) {
      try tell(lacking, of: name, type, isStaged: wanted.isStaged, on: target)
    }
    guard let computed else { return nothing }
    return RefreshedAggregate(
      view: name,
      range: try shown(lowerBound(computed, type), type.constant(computed.upper), on: target),
      duration: ContinuousClock.now - started)
  }

  /// - Parameter kept: buckets that have to stay as they are.
  /// - Returns: from the first to the last time that was computed; nil for nothing.
  private func compute(
    _ name: QualifiedName, _ wanted: RefreshedRange, sparing kept: [(first: Int64, last: Int64)],
    _ type: TimeType, on target: borrowing Connection
  ) throws(PostgresError) -> Dimension.Range? {
    var computed: Dimension.Range?
    for range in wanted.sparing(kept)
    where try compute(name, range, type, isForced: wanted.isForced, on: target) {
      computed = Dimension.Range(lower: computed?.lower ?? range.lower, upper: range.upper)
    }
    return computed
  }

  /// Buckets that can only come by copying: a failure where the queue says that the target should have them.
  private func tell(
    _ lacking: (first: Int64, last: Int64), of name: QualifiedName, _ type: TimeType, isStaged: Bool,
    on target: borrowing Connection
  ) throws {
    let (from, to) = try shown(type.constant(lacking.first), type.constant(lacking.last), on: target)
    let finding = RefreshFinding.bucketsLacking(view: name, from: from, to: to, isStaged: isStaged)
    guard !isStaged else { throw RefreshObstacle(finding) }
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
