public import Postgres
public import TimescaleDB

/// How far `refresh-caggs` has come with an aggregate of the target, so that it goes on there when it is run again. That
/// TimescaleDB itself knows only of what counts as changed, which isn't all that has to be computed.
public struct ComputedRange: Sendable, Equatable {
  /// In internal values.
  public var range: Dimension.Range

  public init(_ range: Dimension.Range) { self.range = range }

  static let table: SQL = """
    CREATE TABLE IF NOT EXISTS __backfill.refreshed (
      view_schema text NOT NULL,
      view_name text NOT NULL,
      lower_bound bigint NOT NULL,
      upper_bound bigint NOT NULL,
      at timestamptz NOT NULL,
      PRIMARY KEY (view_schema, view_name)
    );
    ALTER TABLE __backfill.refreshed ADD COLUMN IF NOT EXISTS \(StagedAggregate.aggregateID) integer;
    """

  /// Those of all aggregates that have one. What was copied since may be missing in it, so that it doesn't count then; nor
  /// does what an aggregate had that was dropped and made again since.
  ///
  /// - Throws: `PostgresError`.
  public static func all(
    on target: borrowing Connection
  ) throws(PostgresError) -> [QualifiedName: ComputedRange] {
    let found = try target.query(
      """
      SELECT r.view_schema, r.view_name, r.lower_bound, r.upper_bound FROM __backfill.refreshed AS r
      JOIN \(ChangedTime.aggregates) AS a
        ON a.view_schema = r.view_schema AND a.view_name = r.view_name
          AND a.mat_hypertable_id = r.\(StagedAggregate.aggregateID)
      WHERE r.at > coalesce((SELECT max(upper(worked)) FROM __backfill.task), '-infinity')
      """, doing: "reading how far aggregates are refreshed"
    ) { row throws(PostgresError) in
      (
        try row.name("view_schema", "view_name"),
        ComputedRange(
          Dimension.Range(lower: try row.integer("lower_bound"), upper: try row.integer("upper_bound")))
      )
    }
    return Dictionary(found, uniquingKeysWith: { first, _ in first })
  }

  /// Writes it down for an aggregate, in place of what was there.
  public func noting(_ own: Watermark) -> SQL {
    let id = StagedAggregate.aggregateID
    return """
      INSERT INTO __backfill.refreshed (view_schema, view_name, \(id), lower_bound, upper_bound, at)
      VALUES (\(own.aggregate.schema.name), \(own.aggregate.name.name), \(own.materializedID), \(range.lower),
        \(range.upper), clock_timestamp())
      ON CONFLICT (view_schema, view_name) DO UPDATE
      SET \(id) = excluded.\(id), lower_bound = excluded.lower_bound, upper_bound = excluded.upper_bound,
        at = excluded.at
      """
  }

  /// Whether all of a range was computed.
  public func covers(_ range: Dimension.Range) -> Bool { self.range.contains(range) }
}
