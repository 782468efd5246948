public import Postgres

/// The state in which a database takes a dump that has TimescaleDB's catalog in it: most of the extension is off.
///
/// https://docs.timescale.com/api/latest/administration/#timescaledb_pre_restore
public struct RestoreMode: Sendable {
  /// Where the extension's functions stand.
  private let schema: Identifier

  public init(extensionSchema schema: Identifier) { self.schema = schema }

  /// For the session and for all later ones in this database.
  public var beginning: SQL { "SELECT \(schema).timescaledb_pre_restore()" }
  /// May stand in a transaction, so that nothing can come between it and what follows.
  public var ending: SQL { "SELECT \(schema).timescaledb_post_restore()" }

  /// - Parameter schema: the extension's own; it is made where it is missing.
  public static func creating(version: String, schema: Identifier) -> [SQL] {
    let place: SQL = "CREATE EXTENSION timescaledb SCHEMA \(schema) VERSION \(version)"
    return schema == Identifier("public") ? [place] : ["CREATE SCHEMA IF NOT EXISTS \(schema)", place]
  }
}

/// How full TimescaleDB's catalog is in a database.
public struct CatalogCounts: Sendable, Equatable {
  public var hypertables: Int64
  /// Jobs that people made, policies included.
  public var jobs: Int64

  public init(hypertables: Int64 = 0, jobs: Int64 = 0) {
    self.hypertables = hypertables
    self.jobs = jobs
  }

  public var isEmpty: Bool { hypertables == 0 && jobs == 0 }

  /// - Throws: `PostgresError`.
  public static func find(on connection: borrowing Connection) throws(PostgresError) -> CatalogCounts {
    try connection.query(
      """
      SELECT (SELECT count(*) FROM _timescaledb_catalog.hypertable) AS hypertables,
        (SELECT count(*) FROM \(BackgroundJob.table) WHERE \(BackgroundJob.isOfPeople("id"))) AS jobs
      """, doing: "looking at TimescaleDB's catalog"
    ) { row throws(PostgresError) in
      CatalogCounts(hypertables: try row.integer("hypertables"), jobs: try row.integer("jobs"))
    }.first ?? CatalogCounts()
  }
}
