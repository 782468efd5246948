public import ChunkCatalog
public import Postgres
import TimescaleDB
public import Waiting

/// Whether it is time to stage: what a completion point means for each hypertable, and what both sides have from it on.
public struct CompletionReview: Sendable {
  /// By the source's clock.
  public var now: Timestamp
  /// When the last of the completion points comes that follow a clock.
  public var last: Timestamp?
  /// What is in the way, and can't be waited for.
  public var problem: MigrationFinding?
  public var warnings: [MigrationFinding] = []
  public var notes: [TimeFinding] = []

  /// How long rows are waited for after the completion point that are still on their way.
  public static let grace = Duration.seconds(10)

  /// How long staging has to wait. Not longer than the wait is: the source's clock counts, and it may be set.
  public var wait: Duration { last.map { max(.zero, $0.advanced(by: Self.grace).since(now)) } ?? .zero }
}

/// Makes this review. Only reads.
public struct CompletionReviewer: Sendable {
  public var endpoints: Endpoints
  public var selection: Selection
  public var until: CompletionPoint
  public var from: String?

  public init(endpoints: Endpoints, selection: Selection, until: CompletionPoint, from: String? = nil) {
    self.endpoints = endpoints
    self.selection = selection
    self.until = until
    self.from = from
  }

  /// - Parameter record: of the migration, whose source has to be this one.
  /// - Throws: `CommandFailure`; as usage for a text that is no time.
  public func run(
    of record: MigrationRecord?, interrupt: Interrupt
  ) async throws(CommandFailure) -> CompletionReview {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting { try review(record, interrupt) }
    }
  }

  private func review(_ record: MigrationRecord?, _ interrupt: Interrupt) throws -> CompletionReview {
    try RelativeTime.refuse(until, from: from)
    let sessions = try SessionPair.open(endpoints, purpose: MigrationLook.purpose, interrupt: interrupt)
    if let record {
      try MigrationLook.refuseOther(record, side: .source, found: try Fingerprint.find(on: sessions.source))
    }
    let migrated = try MigratedHypertables.find(selection, on: sessions.source)
    let roots = migrated.roots
    let bounds = try TimeBounds(from: from, until: until, hypertables: migrated.all, on: sessions.source)
    var review = CompletionReview(now: try SourceClock.now(on: sessions.source))
    review.notes = bounds.notes
    let untold = roots.map(\.knownName).filter { name in bounds.leftOut.contains { $0.hypertable == name } }
    guard untold.isEmpty else {
      review.problem = .needTimes(untold)
      return review
    }
    let points = migrated.all.compactMap { hypertable in
      hypertable.timeDimension?.timeType?.followsClock == true ? bounds.range(for: hypertable)?.upper : nil
    }
    review.last = points.max().map(Timestamp.init(microseconds:))
    guard review.wait == .zero else { return review }
    try compare(roots.filter { $0.aggregate == nil }, bounds, sessions, &review)
    return review
  }

  /// What is there from the completion point on.
  private func compare(
    _ hypertables: [Hypertable], _ bounds: TimeBounds, _ sessions: borrowing SessionPair,
    _ review: inout CompletionReview
  ) throws {
    let known = Set(try Hypertable.all(on: sessions.target).map(\.name))
    var missing: [QualifiedName] = []
    for hypertable in hypertables {
      guard let dimension = hypertable.timeDimension, let upper = bounds.range(for: hypertable)?.upper,
        case .condition(let condition) = dimension.predicate(.init(lower: upper, upper: .max))
      else { continue }
      guard known.contains(hypertable.name),
        try Self.hasRows(hypertable, condition, on: sessions.source)
      else { continue }
      if try !Self.hasRows(hypertable, condition, on: sessions.target) { missing.append(hypertable.name) }
      guard dimension.timeType == .timestamptz else { continue }
      if let newest = try hypertable.newest(after: "now() + interval '1 hour'", on: sessions.source) {
        review.warnings.append(.rowsAhead(hypertable.name, newest: newest))
      }
    }
    if !missing.isEmpty { review.problem = .onlyOnSource(missing) }
  }

  private static func hasRows(
    _ hypertable: Hypertable, _ condition: SQL, on session: borrowing Connection
  ) throws(PostgresError) -> Bool {
    try session.hasRows(
      in: hypertable.name, where: condition, doing: "looking for rows from the completion point on")
  }
}
