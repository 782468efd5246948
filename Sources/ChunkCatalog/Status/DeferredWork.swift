public import Postgres

/// What a chunk goes without until its parts are copied, counted.
public struct DeferredWork: Sendable, Equatable {
  /// On the target.
  public var chunk: QualifiedName
  public var hypertable: QualifiedName
  /// "index", "trigger", "compression" or "freezing".
  public var kind: String
  public var count: Int
  /// Names of indexes, some of them.
  public var names: [String]
  /// Parts that are still to be copied. With none left it should have been done, and something was in the way.
  public var partsLeft: Int

  public init(
    chunk: QualifiedName, hypertable: QualifiedName, kind: String, count: Int, names: [String] = [],
    partsLeft: Int
  ) {
    self.chunk = chunk
    self.hypertable = hypertable
    self.kind = kind
    self.count = count
    self.names = names
    self.partsLeft = partsLeft
  }

  /// - Throws: `PostgresError`.
  static func answer(on target: borrowing Connection) throws(PostgresError) -> [DeferredWork] {
    try target.nextRows(doing: "looking for unfinished chunks") { row throws(PostgresError) in
      DeferredWork(
        chunk: try row.name("chunk_schema", "chunk_name"),
        hypertable: try row.name("hypertable_schema", "hypertable_name"), kind: try row.text("kind"),
        count: Int(try row.integer("count")), names: try row.texts("names"),
        partsLeft: Int(try row.integer("parts_left")))
    }
  }

  /// By the index on parts; few chunks are in parts at a time.
  static let question: SQL = """
    SELECT d.*, (SELECT count(*) FROM __backfill.task AS t WHERE t.split = d.split AND t.worked IS NULL) AS parts_left
    FROM (
      SELECT split, chunk_schema, chunk_name, hypertable_schema, hypertable_name, kind, count(*),
        (array_agg(index_name ORDER BY index_name) FILTER (WHERE index_name IS NOT NULL))[1:20] AS names
      FROM __backfill.deferred GROUP BY 1, 2, 3, 4, 5, 6
      ORDER BY 1, 6 LIMIT 1000
    ) AS d
    ORDER BY d.split, d.kind;
    """
}
