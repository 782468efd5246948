public import Postgres
import TimescaleDB
public import Waiting

/// A completion point to suggest, after all writers have begun to write to both databases.
public struct CompletionAdvice: Sendable, Equatable {
  /// A hypertable that needs a time of its own, as that follows no clock that is known.
  public struct OwnTime: Sendable, Equatable {
    public var relation: QualifiedName
    /// Of its time, by PostgreSQL's name.
    public var type: String
    /// The newest value on the source; nil where it has no rows.
    public var newest: String?
    /// nil where nothing comes after the newest.
    public var suggestion: String?
  }

  /// For all whose time follows the clock; nil where there is none.
  public var general: Timestamp?
  public var own: [OwnTime] = []

  /// How far a writer's clock may be ahead, so that its rows count as written now.
  static let skew = Duration.seconds(3600)

  /// The next full minute after now, and after the rows that writers whose clocks are ahead had written by then: these may
  /// be on the source alone.
  ///
  /// - Parameter newest: of rows of the future.
  static func suggestion(now: Timestamp, newest: [Timestamp]) -> Timestamp {
    let limit = now.advanced(by: skew)
    let last = newest.filter { $0 <= limit }.reduce(now, max)
    let minute: Int64 = 60_000_000
    return Timestamp(microseconds: (last.microseconds / minute + 1) * minute)
  }
}

/// Finds such a point. Only reads, and only from the source.
public struct CompletionAdviser: Sendable {
  public var source: ConnectionString
  public var selection: Selection

  public init(source: ConnectionString, selection: Selection) {
    self.source = source
    self.selection = selection
  }

  /// - Throws: `CommandFailure`.
  public func run(interrupt: Interrupt) async throws(CommandFailure) -> CompletionAdvice {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting {
        let session = try Databases.session(
          source, side: .source, purpose: MigrationLook.purpose, interrupt: interrupt)
        return try advise(on: session)
      }
    }
  }

  private func advise(on session: borrowing Connection) throws -> CompletionAdvice {
    let hypertables = try MigratedHypertables.find(selection, on: session).roots
    let now = try SourceClock.now(on: session)
    var advice = CompletionAdvice()
    var newest: [Timestamp] = []
    for hypertable in hypertables {
      guard let dimension = hypertable.timeDimension, let type = dimension.timeType else { continue }
      if type.followsClock {
        advice.general = now
        if type == .timestamptz, let ahead = try hypertable.newest(after: "now()", on: session) {
          newest.append(ahead)
        }
      } else {
        advice.own.append(try own(hypertable, dimension, type, on: session))
      }
    }
    if advice.general != nil { advice.general = CompletionAdvice.suggestion(now: now, newest: newest) }
    return advice
  }

  /// The value after the newest; of a timestamp the full minute after it.
  private func own(
    _ hypertable: Hypertable, _ dimension: Dimension, _ type: TimeType, on session: borrowing Connection
  ) throws -> CompletionAdvice.OwnTime {
    let next: SQL =
      type.isInteger
      ? "(coalesce(max(t.\(dimension.column))::numeric, -1) + 1)::text"
      : "date_trunc('minute', max(t.\(dimension.column)) + interval '1 minute')::text"
    let found = try session.query(
      "SELECT max(t.\(dimension.column))::text AS newest, \(next) AS next FROM \(hypertable.name) AS t",
      doing: "looking for the newest row of \(hypertable.knownName)"
    ) { row throws(PostgresError) in (try row.optionalText("newest"), try row.optionalText("next")) }
    let (newest, suggestion) = found.first ?? (nil, nil)
    return CompletionAdvice.OwnTime(
      relation: hypertable.knownName, type: type.rawValue, newest: newest, suggestion: suggestion)
  }
}

extension Hypertable {
  /// The newest time of rows after one; nil where there are none. For a time with a zone.
  func newest(after time: SQL, on session: borrowing Connection) throws(PostgresError) -> Timestamp? {
    guard let column = timeDimension?.column else { return nil }
    return try session.query(
      """
      SELECT \(Timestamp.reading("max(t.\(column))")) AS newest FROM \(name) AS t
      WHERE t.\(column) > \(time) AND isfinite(t.\(column))
      """, doing: "looking for the newest row of \(knownName)"
    ) { row throws(PostgresError) in try row.optionalTimestamp("newest") }.first.flatMap { $0 }
  }
}
