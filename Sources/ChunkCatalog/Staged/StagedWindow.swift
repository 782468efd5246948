public import Postgres
public import TimescaleDB

/// The time of a hypertable that was staged: every row that the source has in it is to be copied, whether or not there
/// was a chunk for it at staging. Of a continuous aggregate it ends where that was refreshed to on the source.
public struct StagedWindow: Sendable, Equatable {
  /// On the source.
  public let hypertable: QualifiedName
  /// Ends that are nil are open.
  public let time: TaskBounds
  /// The exported snapshot that the source is read with. What came after it is left out on purpose.
  public let snapshot: String?

  public init(hypertable: QualifiedName, time: TaskBounds, snapshot: String? = nil) {
    self.hypertable = hypertable
    self.time = time
    self.snapshot = snapshot
  }

  public static let table: SQL = """
    CREATE TABLE IF NOT EXISTS __backfill.staged_window (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      hypertable_schema text NOT NULL,
      hypertable_name text NOT NULL,
      lower_bound bigint,
      upper_bound bigint,
      snapshot text,
      staged_at timestamptz NOT NULL DEFAULT now()
    );
    """

  /// Writes down what is being staged, in the transaction that writes the tasks. The newest window of a hypertable
  /// replaces the earlier ones, but for what of those was copied already and lies outside.
  ///
  /// - Parameters:
  ///   - columns: the time dimensions' columns by the hypertables' names.
  ///   - dropped: times of uncopied tasks that this staging has taken out, by the hypertables' names.
  /// - Throws: `PostgresError`.
  public static func record(
    _ windows: [StagedWindow], columns: [QualifiedName: Identifier],
    dropped: [QualifiedName: [Dimension.Range]], on target: borrowing Connection
  ) throws(PostgresError) {
    guard !windows.isEmpty else { return }
    let earlier = Dictionary(grouping: try all(on: target), by: \.hypertable)
    let copied = Dictionary(
      grouping: earlier.isEmpty ? [] : try TaskExtent.all(on: target).filter(\.isCopied), by: \.hypertable)
    var names: [SQL] = []
    var rows: [SQL] = []
    for window in windows {
      let name = window.hypertable
      let times = columns[name].map { column in (copied[name] ?? []).compactMap { $0.time(column) } } ?? []
      let kept = (earlier[name] ?? []).flatMap { earlier in
        earlier.rest(without: window.time, copied: times, dropped: dropped[name] ?? []).map {
          ($0, earlier.snapshot)
        }
      }
      names.append("(\(name.schema.name), \(name.name.name))")
      for (time, snapshot) in kept + [(window.time, window.snapshot)] {
        rows.append(
          "(\(name.schema.name), \(name.name.name), \(time.lower), \(time.upper), \(snapshot))"
        )
      }
    }
    try target.execute(
      """
      DELETE FROM __backfill.staged_window
      WHERE (hypertable_schema, hypertable_name) IN (\(names.joined(separator: ", ")));
      INSERT INTO __backfill.staged_window (hypertable_schema, hypertable_name, lower_bound, upper_bound,
        snapshot)
      VALUES \(rows.joined(separator: ", "))
      """, doing: "writing what is staged")
  }

  /// What stays of an earlier window beside a new one: the parts that tasks were copied in, without what the newer staging
  /// has taken out of the queue.
  func rest(
    without newer: TaskBounds, copied: [Dimension.Range], dropped: [Dimension.Range] = []
  ) -> [TaskBounds] {
    let parts = Box([time.range]).subtracting(([newer.range] + dropped).map { Box([$0]) }).map {
      $0.ranges[0]
    }
    return parts.filter { part in copied.contains { $0.overlaps(part) } }.map { TaskBounds($0) }
  }

  /// The windows that the queue was staged for; none of what older versions and Timescale's tool staged.
  ///
  /// - Throws: `PostgresError`.
  public static func all(on target: borrowing Connection) throws(PostgresError) -> [StagedWindow] {
    try target.query(question, doing: "reading what is staged") { row throws(PostgresError) in
      try StagedWindow(row)
    }
  }

  /// The same for `question` that was sent with others.
  ///
  /// - Throws: `PostgresError`.
  static func answer(on target: borrowing Connection) throws(PostgresError) -> [StagedWindow] {
    try target.nextRows(doing: "reading what is staged") { row throws(PostgresError) in
      try StagedWindow(row)
    }
  }

  static let question: SQL = """
    SELECT hypertable_schema, hypertable_name, lower_bound, upper_bound, snapshot
    FROM __backfill.staged_window ORDER BY id
    """

  private init(_ row: Row) throws(PostgresError) {
    self.init(
      hypertable: try row.name("hypertable_schema", "hypertable_name"),
      time: try TaskBounds(row), snapshot: try row.optionalText("snapshot"))
  }
}
