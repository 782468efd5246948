public import Postgres

/// What a job is, wherever it stands in the catalog: numbers of jobs and hypertables change where a schema is rebuilt.
public struct JobIdentity: Sendable, Hashable {
  /// What it runs, such as `_timescaledb_functions.policy_retention`.
  public let procedure: QualifiedName
  /// The hypertable or, by its view, the continuous aggregate that it works on; nil where the catalog doesn't say.
  public let relation: QualifiedName?
  /// A JSON object as the server writes it, without the numbers of hypertables in it; nil for none.
  public let config: String?

  public init(procedure: QualifiedName, relation: QualifiedName?, config: String?) {
    self.procedure = procedure
    self.relation = relation
    self.config = config
  }

  /// Reads the columns that `columns` yields.
  public init(_ row: Row) throws(PostgresError) {
    procedure = try row.name("procedure_schema", "procedure_name")
    relation = try row.optionalName("relation_schema", "relation_name")
    config = try row.optionalText("identity")
  }

  /// A select list for `init(_:)`, from a relation with the columns `procedure_schema`, `procedure_name`,
  /// `relation_schema`, `relation_name` and `config`.
  public static func columns(of job: SQL) -> SQL {
    """
    \(job).procedure_schema, \(job).procedure_name, \(job).relation_schema, \(job).relation_name,
      CASE WHEN \(job).procedure_schema = '_timescaledb_functions'
        THEN \(job).config - ARRAY['hypertable_id', 'mat_hypertable_id'] ELSE \(job).config END AS identity
    """
  }
}
