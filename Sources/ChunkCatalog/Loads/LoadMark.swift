public import Postgres

/// A batch of records that is in, with what became of them.
public struct LoadMark: Sendable, Equatable {
  public var input: Int
  /// Of the input without its compression.
  public var bytes: Range<Int64>
  public var firstLine: Int64
  public var lines: Int64
  public var outcome: Outcome

  /// Every record is counted in exactly one of these.
  public struct Outcome: Sendable, Equatable {
    /// In the table: inserted, or an update.
    public var rows: Int64 = 0
    /// Outside of the window.
    public var leftOut: Int64 = 0
    /// Refused by the server, and left out for that.
    public var rejected: Int64 = 0
    /// Not inserted because of a row that was there, or by a trigger.
    public var passedOver: Int64 = 0

    public init(rows: Int64 = 0, leftOut: Int64 = 0, rejected: Int64 = 0, passedOver: Int64 = 0) {
      self.rows = rows
      self.leftOut = leftOut
      self.rejected = rejected
      self.passedOver = passedOver
    }

    public var records: Int64 { rows + leftOut + rejected + passedOver }

    /// What `init(_:)` reads, of all marks of a group.
    public static let sums: SQL = """
      sum(rows)::bigint AS rows, sum(left_out)::bigint AS left_out, sum(rejected)::bigint AS rejected,
        sum(passed_over)::bigint AS passed_over
      """

    /// - Throws: `PostgresError`.
    public init(_ row: Row) throws(PostgresError) {
      self.init(
        rows: try row.optionalInteger("rows") ?? 0, leftOut: try row.optionalInteger("left_out") ?? 0,
        rejected: try row.optionalInteger("rejected") ?? 0,
        passedOver: try row.optionalInteger("passed_over") ?? 0)
    }

    public static func - (all: Outcome, part: Outcome) -> Outcome {
      Outcome(
        rows: all.rows - part.rows, leftOut: all.leftOut - part.leftOut,
        rejected: all.rejected - part.rejected, passedOver: all.passedOver - part.passedOver)
    }

    public static func += (sum: inout Outcome, other: Outcome) {
      sum.rows += other.rows
      sum.leftOut += other.leftOut
      sum.rejected += other.rejected
      sum.passedOver += other.passedOver
    }
  }

  public init(
    input: Int, bytes: Range<Int64>, firstLine: Int64, lines: Int64, outcome: Outcome = Outcome()
  ) {
    self.input = input
    self.bytes = bytes
    self.firstLine = firstLine
    self.lines = lines
    self.outcome = outcome
  }

  /// All of a load, in the order of its inputs.
  ///
  /// - Throws: `PostgresError`.
  public static func all(of load: Int64, on target: borrowing Connection) throws(PostgresError) -> [LoadMark]
  {
    try target.query(
      """
      SELECT \(columns) FROM ONLY __backfill.load_batch WHERE load = \(load) ORDER BY input, first_byte
      """, doing: "reading what is loaded"
    ) { row throws(PostgresError) in try LoadMark(row) }
  }

  static let columns: SQL = """
    input, first_byte, end_byte, first_line, lines, rows, left_out, rejected, passed_over
    """

  init(_ row: Row) throws(PostgresError) {
    let first = try row.integer("first_byte")
    self.init(
      input: Int(try row.integer("input")), bytes: first..<max(first, try row.integer("end_byte")),
      firstLine: try row.integer("first_line"), lines: try row.integer("lines"),
      outcome: try Outcome(row))
  }
}
