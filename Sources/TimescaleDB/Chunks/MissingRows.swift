public import Postgres

/// Where a continuous aggregate has nothing in this database to be computed from: its raw rows were dropped by retention,
/// or never copied. A refresh deletes the buckets there, where that time counts as changed (run on 2.14 to 2.29).
public struct MissingRows: Sendable {
  /// The time that was looked at.
  public let window: Dimension.Range
  private let runs: [Run]
  /// Those that had rows.
  private let filled: [(chunk: Chunk, slice: Dimension.Range)]

  /// Where chunks with rows begin, in the order of time.
  public var chunkStarts: [Int64] { Set(filled.map(\.slice.lower)).sorted() }

  /// Looks at whole chunks, and at where the rows of the first and the last chunk between two gaps begin and end.
  ///
  /// - Parameters:
  ///   - raw: what the aggregate is computed from: a hypertable, or another aggregate's.
  ///   - window: the time that is of interest.
  /// - Throws: `PostgresError`.
  public init(
    of raw: Hypertable, in window: Dimension.Range, capabilities: Capabilities,
    on connection: borrowing Connection
  ) throws(PostgresError) {
    self.window = window
    guard let index = raw.dimensions.timeIndex else {
      runs = [Run(window)]
      filled = []
      return
    }
    let chunks = try Chunk.all(of: [raw.id], capabilities: capabilities, on: connection).filter {
      index < $0.slices.count && $0.slices[index].overlaps(window)
    }
    filled = try Self.filled(chunks, on: connection).map { ($0, $0.slices[index]) }
    var runs = Self.runs(filled.map(\.slice))
    for place in runs.indices { try runs[place].look(into: raw, on: connection) }
    self.runs = runs
  }

  /// Whether all chunks of a time that had rows have some now.
  ///
  /// - Throws: `PostgresError`.
  public func stillHolds(
    in range: Dimension.Range, on connection: borrowing Connection
  ) throws(PostgresError) -> Bool {
    let chunks = filled.filter { $0.slice.overlaps(range) }.map(\.chunk)
    do throws(PostgresError) {
      return try Self.filled(chunks, on: connection).count == chunks.count
    } catch {
      guard error.sqlState == SQLState.undefinedTable else { throw error }
      return false
    }
  }

  /// The first and the last start of an aggregate's buckets without rows, for each gap in the order of time; nil for a
  /// gap without such buckets. The aggregate may be asked in another database than the rows.
  ///
  /// - Parameter relation: what has the buckets, in a column of the aggregate's time column's name; nil is the aggregate
  ///   itself.
  /// - Throws: `PostgresError`.
  public func buckets(
    of aggregate: Watermark, in relation: SQL? = nil, on connection: borrowing Connection
  ) throws(PostgresError) -> [(first: Int64, last: Int64)?] {
    guard let type = aggregate.timeType else { return [] }
    let start: SQL = "\(aggregate.timeColumn)"
    let first = type.internalValue(ofExpression: "min(\(start))")
    let last = type.internalValue(ofExpression: "max(\(start))")
    let gaps = zip([nil] + runs, runs + [nil]).enumerated().map { number, sides -> SQL in
      var conditions: [SQL] = ["\(start) < \(type.constant(window.upper))"]
      if window.lower != .min { conditions.append("\(start) >= \(type.constant(window.lower))") }
      if let before = sides.0 { conditions.append("\(start) > \(type.constant(before.last))") }
      if let after = sides.1 { conditions.append(aggregate.isBefore(after, type)) }
      return """
        SELECT \(number) AS number, \(first) AS first, \(last) AS last
        FROM \(relation ?? "\(aggregate.materialized)") WHERE \(conditions.joined(separator: " AND "))
        """
    }
    return try connection.query(
      gaps.joined(separator: "\nUNION ALL\n") + "\nORDER BY number",
      doing: "looking for buckets of \(aggregate.aggregate) without rows"
    ) { row throws(PostgresError) in
      guard let first = try row.optionalInteger("first"), let last = try row.optionalInteger("last") else {
        return nil
      }
      return (first, last)
    }
  }

  /// Consecutive chunks that have rows.
  struct Run: Equatable {
    var range: Dimension.Range
    /// The first and the last row's time.
    var first: Int64
    var last: Int64

    init(_ range: Dimension.Range) {
      self.range = range
      first = range.lower
      last = range.upper - 1
    }

    /// Where chunks of UUIDs have rows isn't asked, as a server has no least of these before PostgreSQL 18.
    mutating func look(into raw: Hypertable, on connection: borrowing Connection) throws(PostgresError) {
      guard let dimension = raw.timeDimension, let type = dimension.timeType, type != .uuid,
        case .condition(let condition) = dimension.predicate(range)
      else { return }
      let value = type.internalValue(ofExpression: "\(dimension.column)")
      let ends = try connection.query(
        """
        SELECT (SELECT \(value) FROM \(raw.name) WHERE \(condition) ORDER BY \(dimension.column) LIMIT 1) AS first,
          (SELECT \(value) FROM \(raw.name) WHERE \(condition) ORDER BY \(dimension.column) DESC LIMIT 1) AS last
        """, doing: "looking for the first and the last row of \(raw.name)"
      ) { row throws(PostgresError) in (try row.optionalInteger("first"), try row.optionalInteger("last")) }
      guard let found = ends.first, let first = found.0, let last = found.1 else { return }
      self.first = first
      self.last = last
    }
  }

  static func runs(_ slices: [Dimension.Range]) -> [Run] {
    var runs: [Dimension.Range] = []
    for slice in slices.sorted(by: { $0.lower < $1.lower }) {
      if let last = runs.last, slice.lower <= last.upper {
        runs[runs.count - 1].upper = max(last.upper, slice.upper)
      } else {
        runs.append(slice)
      }
    }
    return runs.map(Run.init)
  }

  /// Those chunks that have a row.
  private static func filled(
    _ chunks: [Chunk], on connection: borrowing Connection
  ) throws(PostgresError) -> [Chunk] {
    var filled: [Chunk] = []
    let batchSize = 100
    for start in stride(from: 0, to: chunks.count, by: batchSize) {
      let batch = chunks[start..<min(start + batchSize, chunks.count)]
      let flags = batch.map { chunk -> SQL in
        chunk.isTiered ? "true" : "EXISTS (SELECT FROM \(chunk.name))"
      }
      let answers = try connection.query(
        "SELECT ARRAY[\(flags.joined(separator: ", "))] AS filled", doing: "looking for chunks without rows"
      ) { row throws(PostgresError) in try row.flags("filled") }
      filled += zip(batch, answers.first ?? []).filter(\.1).map(\.0)
    }
    return filled
  }
}

extension Watermark {
  /// The condition for a bucket that has none of a run's rows, and for one that begins before the run's first chunk, some
  /// of whose rows may be gone with the chunk before.
  fileprivate func isBefore(_ run: MissingRows.Run, _ type: TimeType) -> SQL {
    let first = type.constant(run.first)
    let begins: SQL = "\(timeColumn) < \(type.constant(run.range.lower))"
    guard let end = bucketEnd("\(timeColumn)") else { return begins }
    return "\(timeColumn) < \(first) AND (\(begins) OR \(end) <= \(first))"
  }
}
