public import Postgres
public import TimescaleDB

/// What the target's continuous aggregates had to compute when the queue was staged: the ranges that TimescaleDB counted
/// as changed. A range that was among them and isn't any more has been refreshed on the target since. Raw rows that are
/// copied into it have to be logged as changes, or no refresh would ever look at them again.
public enum StagedAggregate {
  public static let table: SQL = """
    CREATE TABLE IF NOT EXISTS __backfill.staged_aggregate (
      view_schema text NOT NULL,
      view_name text NOT NULL,
      changed int8multirange NOT NULL,
      PRIMARY KEY (view_schema, view_name)
    );
    ALTER TABLE __backfill.staged_aggregate ADD COLUMN IF NOT EXISTS \(aggregateID) integer;
    """

  /// The column that tells an aggregate from one that is made under its name later: TimescaleDB's number of its
  /// hypertable, which never comes again. Null in what earlier versions have written.
  static let aggregateID: SQL = "mat_hypertable_id"

  /// Writes it down, in the transaction that writes the tasks. What an earlier staging noted stays, as its tasks may
  /// not be copied yet.
  public static let record: SQL = """
    \(recordNew)
    INSERT INTO __backfill.staged_aggregate (view_schema, view_name, \(aggregateID), changed)
    SELECT a.view_schema, a.view_name, a.mat_hypertable_id,
      \(ChangedTime.noted(.ofAggregate, .ofHypertable, for: "a"))
    FROM \(ChangedTime.aggregates) AS a
    \(adding);
    """

  /// The end of an INSERT of what has to be computed, too.
  static let adding: SQL = """
    ON CONFLICT (view_schema, view_name) DO UPDATE
    SET changed = staged_aggregate.changed + excluded.changed, \(aggregateID) = excluded.\(aggregateID)
    """

  /// What an aggregate has to compute when it is made.
  private static let allTime: SQL = "'{(,)}'::int8multirange"

  /// Writes down, before anything is added for them, that aggregates which were made since uncopied tasks were staged had
  /// everything to compute then: under a new name, or in place of another.
  static let recordNew: SQL = """
    INSERT INTO __backfill.staged_aggregate (view_schema, view_name, \(aggregateID), changed)
    SELECT view_schema, view_name, mat_hypertable_id, \(allTime) FROM \(ChangedTime.aggregates) AS a
    WHERE EXISTS (SELECT FROM __backfill.task WHERE worked IS NULL)
    ON CONFLICT (view_schema, view_name) DO UPDATE
    SET changed = excluded.changed, \(aggregateID) = excluded.\(aggregateID)
    WHERE staged_aggregate.\(aggregateID) <> excluded.\(aggregateID);
    """

  private static let prepared = PreparedStatement("backfill_refreshed", types: "text, text")

  /// A session that asks `refreshedQuestion` needs this first.
  public static let preparation = prepared.preparation(
    """
    SELECT coalesce(array_agg(coalesce(lower(r), \(Int64.min))) FILTER (WHERE r IS NOT NULL), '{}') AS lower,
      coalesce(array_agg(coalesce(upper(r), \(Int64.max))) FILTER (WHERE r IS NOT NULL), '{}') AS upper,
      coalesce(bool_or(NOT isempty(s.changed)), true) AS more
    FROM \(stagedAggregates)
    CROSS JOIN LATERAL (SELECT s.changed - \(ChangedTime.noted(.ofAggregate, for: "a")) AS since) AS own
    LEFT JOIN LATERAL unnest(CASE WHEN isempty(own.since) THEN '{}'::int8multirange
      ELSE own.since - \(ChangedTime.noted(.ofHypertable, for: "a")) END) AS r ON true
    WHERE \(isOnHypertable)
    """)

  /// With those that were made since staging.
  private static let stagedAggregates: SQL = """
    \(ChangedTime.aggregates) AS a
    LEFT JOIN __backfill.staged_aggregate AS noted
      ON noted.view_schema = a.view_schema AND noted.view_name = a.view_name
        AND coalesce(noted.\(aggregateID), a.mat_hypertable_id) = a.mat_hypertable_id
    CROSS JOIN LATERAL (SELECT coalesce(noted.changed, \(allTime)) AS changed) AS s
    """

  private static let isOnHypertable = ChangedTime.isOn("a", schema: "$1", name: "$2")

  /// What a target's hypertable was refreshed for since the queue was staged: one row, for `Refreshes`.
  public static func refreshedQuestion(_ hypertable: QualifiedName) -> PreparedStatement.Execution {
    prepared.execution(["\(hypertable.schema.name)", "\(hypertable.name.name)"])
  }

  /// The answer to `refreshedQuestion`.
  public struct Refreshes: Sendable {
    /// The time, in internal values, that aggregates on the hypertable were refreshed for.
    public let ranges: [Dimension.Range]
    /// Whether a refresh that is still to come could compute what counted as changed at staging: that of an aggregate which
    /// is still to be made, too.
    public let mayFollow: Bool

    /// None, and none to come.
    public init() {
      ranges = []
      mayFollow = false
    }

    /// - Throws: `PostgresError`.
    public init(_ row: Row) throws(PostgresError) {
      ranges = zip(try row.integers("lower"), try row.integers("upper")).map {
        Dimension.Range(lower: $0, upper: $1)
      }
      mayFollow = try row.flag("more")
    }
  }

  /// Raises a serialization failure where an aggregate on the hypertable has been refreshed for a part of a time since
  /// staging: the last statement of a transaction that copies rows without logging them, and that found no such refresh
  /// when it began. The refresh has computed without the rows, and nothing would tell any later one of them. Done
  /// again, the task finds the refresh.
  public static func refuseRefresh(of hypertable: QualifiedName, within time: Dimension.Range) -> SQL {
    let body: SQL = """
      DECLARE
        lowers int8[];
        uppers int8[];
        more bool;
      BEGIN
        EXECUTE format('EXECUTE \(prepared.name) (%L, %L)', \(hypertable.schema.name), \(hypertable.name.name))
          INTO lowers, uppers, more;
        IF EXISTS (
          SELECT FROM unnest(lowers, uppers) AS r (lower, upper)
          WHERE lower < \(time.upper)::int8 AND upper > \(time.lower)::int8
        ) THEN
          RAISE EXCEPTION 'a continuous aggregate was refreshed while rows below it were being copied'
            USING ERRCODE = 'serialization_failure';
        END IF;
      END
      """
    return """
      SET LOCAL plan_cache_mode = force_generic_plan;
      DO \(body.text);
      SET LOCAL plan_cache_mode = auto;

      """
  }
}
