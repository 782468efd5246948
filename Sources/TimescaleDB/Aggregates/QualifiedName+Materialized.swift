public import Postgres

extension QualifiedName {
  /// Whether it is a name that TimescaleDB gives to the hypertable behind a continuous aggregate. The number in it differs
  /// between databases.
  public var isMaterializedHypertable: Bool {
    schema.name == "_timescaledb_internal" && name.name.hasPrefix("_materialized_hypertable_")
  }
}
