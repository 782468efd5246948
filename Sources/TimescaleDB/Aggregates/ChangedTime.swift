public import Postgres

/// The time of continuous aggregates that TimescaleDB counts as changed, so that a refresh would compute it: for
/// questions that join it with tables of this program.
public enum ChangedTime {
  /// Where TimescaleDB notes changes. A refresh moves them from the first log to the second, and takes those that it has
  /// computed out of that.
  public enum Log: Sendable {
    /// Of writes to the hypertable.
    case ofHypertable
    /// Of one aggregate.
    case ofAggregate
  }

  /// All aggregates, to stand in a FROM: `view_schema` and `view_name`, and what the functions here read.
  public static let aggregates: SQL = """
    (SELECT user_view_schema AS view_schema, user_view_name AS view_name, mat_hypertable_id, raw_hypertable_id
     FROM _timescaledb_catalog.continuous_agg)
    """

  /// A condition: a row of `aggregates` is an aggregate on a hypertable.
  ///
  /// - Parameters:
  ///   - aggregate: what the row is called.
  ///   - schema, name: expressions for the hypertable's name.
  public static func isOn(_ aggregate: SQL, schema: SQL, name: SQL) -> SQL {
    """
    \(aggregate).raw_hypertable_id = (
      SELECT id FROM _timescaledb_catalog.hypertable WHERE schema_name = \(schema) AND table_name = \(name))
    """
  }

  /// The column with the time of an aggregate's hypertable, an expression.
  ///
  /// - Parameter aggregate: what its row of `aggregates` is called.
  public static func timeColumn(of aggregate: SQL) -> SQL {
    """
    (SELECT column_name FROM _timescaledb_catalog.dimension
      WHERE hypertable_id = \(aggregate).raw_hypertable_id AND num_slices IS NULL ORDER BY id LIMIT 1)
    """
  }

  /// What is noted for an aggregate, an expression: an int8multirange of internal values.
  ///
  /// - Parameter aggregate: what its row of `aggregates` is called.
  public static func noted(_ logs: Log..., for aggregate: SQL) -> SQL { noted(logs, for: aggregate) }

  static func noted(_ logs: [Log], for aggregate: SQL) -> SQL {
    let entries = logs.map { $0.entries(for: aggregate) }.joined(separator: " UNION ALL ")
    return """
      coalesce((
        SELECT range_agg(int8range(nullif(first, \(Int64.min)::bigint), CASE WHEN last < \(Int64.max) THEN last + 1 END))
        FROM (\(entries)) AS entry (first, last) WHERE first <= last), '{}')
      """
  }
}

extension ChangedTime.Log {
  fileprivate func entries(for aggregate: SQL) -> SQL {
    switch self {
    case .ofAggregate:
      """
      SELECT lowest_modified_value, greatest_modified_value
      FROM _timescaledb_catalog.continuous_aggs_materialization_invalidation_log
      WHERE materialization_id = \(aggregate).mat_hypertable_id
      """
    case .ofHypertable:
      """
      SELECT lowest_modified_value, greatest_modified_value
      FROM _timescaledb_catalog.continuous_aggs_hypertable_invalidation_log
      WHERE hypertable_id = \(aggregate).raw_hypertable_id
      """
    }
  }
}
