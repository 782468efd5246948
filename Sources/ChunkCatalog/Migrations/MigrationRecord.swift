public import Postgres
public import TimescaleDB

/// What `migrate` remembers on the target: the row of `__backfill.migration`. The table is there without a queue too, and
/// goes with it (`QueueSchema.drop`). It holds only what can't be seen otherwise; how far copying is, the queue tells.
public struct MigrationRecord: Sendable, Equatable {
  public static let name = "migration"

  /// A step that is done, in the order of the steps, by the column that has its time.
  public enum Mark: String, Sendable, CaseIterable {
    /// The schema was moved by this migration, and not before it.
    case schema = "schema_moved"
    case jobsOff = "jobs_off"
    /// All writers write to both databases since then, by the source's clock.
    case writing = "writing_to_both"
    case staged
    case copied
    case verified
    case refreshed
    case jobsOn = "jobs_on"

    var column: SQL { "\(Identifier(rawValue))" }

    /// Those that this one makes void.
    var later: [Mark] { Array(Self.allCases.drop { $0 != self }.dropFirst()) }
  }

  /// What is migrated, in the form of `stage`'s options.
  public struct Choice: Sendable, Equatable {
    /// `TIME` and `schema.relation=TIME`, as `--until` takes them.
    public var until: [String]
    public var from: String?
    public var filter: String?
    public var exclude: String?
    public var cascadeUp: Bool
    public var cascadeDown: Bool

    public init(
      until: [String], from: String? = nil, filter: String? = nil, exclude: String? = nil,
      cascadeUp: Bool = false, cascadeDown: Bool = false
    ) {
      self.until = until
      self.from = from
      self.filter = filter
      self.exclude = exclude
      self.cascadeUp = cascadeUp
      self.cascadeDown = cascadeDown
    }
  }

  public var source: Fingerprint
  public var target: Fingerprint
  public var marks: [Mark: Timestamp]
  /// nil until the completion point is chosen.
  public var choice: Choice?

  public init(
    source: Fingerprint, target: Fingerprint, marks: [Mark: Timestamp] = [:], choice: Choice? = nil
  ) {
    self.source = source
    self.target = target
    self.marks = marks
    self.choice = choice
  }
}

extension MigrationRecord {
  /// Makes the table, and the schema, where it is missing, and keeps everybody else from it until the transaction ends;
  /// then writes the row, unless there is one. For a transaction that has looked at whose the schema is.
  public static func opening(source: Fingerprint, target: Fingerprint) -> SQL {
    let columns = Mark.allCases.map { "\($0.column) timestamptz" as SQL }.joined(separator: ",\n  ")
    return """
      CREATE SCHEMA IF NOT EXISTS __backfill;
      CREATE TABLE IF NOT EXISTS __backfill.migration (
        id integer PRIMARY KEY,
        began timestamptz NOT NULL,
        source_fingerprint jsonb NOT NULL,
        target_fingerprint jsonb NOT NULL,
        until text[],
        from_time text,
        filter text,
        exclude text,
        cascade_up boolean,
        cascade_down boolean,
        \(columns)
      );
      \(locking)
      INSERT INTO __backfill.migration (id, began, source_fingerprint, target_fingerprint)
      VALUES (1, clock_timestamp(), \(source.json), \(target.json)) ON CONFLICT (id) DO NOTHING;
      """
  }

  /// The same for a table that is there.
  public static let locking = QueueTrust.locking(Identifier(name))

  /// Writes down that a step is done, which makes all later ones undone.
  ///
  /// - Parameter time: nil for now.
  public static func marking(_ mark: Mark, at time: Timestamp? = nil) -> SQL {
    let when: SQL =
      time.map { "to_timestamp(\($0.microseconds) / 1000000.0)" as SQL } ?? "clock_timestamp()"
    let set = ["\(mark.column) = \(when)" as SQL] + mark.later.map { "\($0.column) = NULL" }
    return "UPDATE __backfill.migration SET \(set.joined(separator: ", "));"
  }

  /// Writes down what is migrated.
  public static func choosing(_ choice: Choice) -> SQL {
    let until = choice.until.map { "\($0)" as SQL }.joined(separator: ", ")
    return """
      UPDATE __backfill.migration SET until = ARRAY[\(until)]::text[], from_time = \(choice.from),
        filter = \(choice.filter), exclude = \(choice.exclude), cascade_up = \(choice.cascadeUp),
        cascade_down = \(choice.cascadeDown);
      """
  }

  /// The row; nil where there is none. For a session that has looked at whose the schema is.
  ///
  /// - Throws: `PostgresError`.
  public static func find(on target: borrowing Connection) throws(PostgresError) -> MigrationRecord? {
    let operation = "reading how far the migration is"
    let isThere = try target.queryRow(
      "SELECT \(QueueTrust.isThere(name)) AS is_there", doing: operation
    ) { row throws(PostgresError) in try row.flag("is_there") }
    guard isThere else { return nil }
    return try target.query(question, doing: operation) { row throws(PostgresError) in
      try MigrationRecord(row)
    }.first
  }

  private static let question: SQL = """
    SELECT until, from_time, filter, exclude, coalesce(cascade_up, false) AS cascade_up,
      coalesce(cascade_down, false) AS cascade_down, \(Fingerprint.members(of: "source_fingerprint", as: "source")),
      \(Fingerprint.members(of: "target_fingerprint", as: "target")),
      ARRAY[\(Mark.allCases.map { "\($0.rawValue)" as SQL }.joined(separator: ", "))] AS marks,
      ARRAY[\(Mark.allCases.map { "coalesce(\(Timestamp.reading($0.column)), 0)" as SQL }.joined(separator: ", "))]
        AS times
    FROM ONLY __backfill.migration
    """

  private init(_ row: Row) throws(PostgresError) {
    let marks = zip(try row.texts("marks"), try row.integers("times")).compactMap { name, time in
      time == 0 ? nil : Mark(rawValue: name).map { ($0, Timestamp(microseconds: time)) }
    }
    let until = try row.texts("until")
    self.init(
      source: Fingerprint(keys: try row.texts("source_keys"), values: try row.texts("source_values")),
      target: Fingerprint(keys: try row.texts("target_keys"), values: try row.texts("target_values")),
      marks: Dictionary(marks, uniquingKeysWith: { first, _ in first }),
      choice: until.isEmpty
        ? nil
        : Choice(
          until: until, from: try row.optionalText("from_time"), filter: try row.optionalText("filter"),
          exclude: try row.optionalText("exclude"), cascadeUp: try row.flag("cascade_up"),
          cascadeDown: try row.flag("cascade_down")))
  }
}
