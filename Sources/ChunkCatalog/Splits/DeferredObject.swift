public import Postgres
internal import TimescaleDB

/// Something that a chunk goes without until its parts are copied, and that isn't restored yet: an index, or the chunk's
/// compression. A row of `__backfill.deferred`.
public struct DeferredObject: Sendable {
  /// What a chunk goes without while its parts are loaded.
  public enum Kind: String, Sendable {
    /// A secondary index that isn't unique; made again as the hypertable's is.
    case index
    /// The chunk was compressed, and will be again.
    case compression
    case freezing

    /// What it was before it was taken away, for people to read, as an expression.
    func definition(of chunk: QualifiedName) -> SQL {
      switch self {
      case .index: "NULL"
      case .compression: ChunkForm.plainCompressing(chunk)
      case .freezing: ChunkForm.plainFreezing(chunk)
      }
    }
  }

  /// The key of the chunk's split.
  public let split: Int64
  /// A `Kind`, or one of a later version.
  public let kind: String
  /// The chunk as it was called when this was taken away.
  public let chunk: QualifiedName
  /// The chunk as it is called now.
  public let relation: QualifiedName
  public let index: String?
  /// Restores it, made by the server from its own catalog. nil where the catalog doesn't say how any more: the
  /// hypertable's index of the same kind is gone, say.
  public let statement: SQL?
  /// The definition that was noted, or the statement: for a person to run, never for this program. nil where none was.
  public let byHand: String?

  public init(
    split: Int64 = 0, kind: String, chunk: QualifiedName, index: String? = nil, statement: SQL? = nil,
    byHand: String? = nil
  ) {
    self.split = split
    self.kind = kind
    self.chunk = chunk
    relation = chunk
    self.index = index
    self.statement = statement
    self.byHand = byHand
  }

  init(_ row: Row) throws(PostgresError) {
    split = try row.integer("split")
    kind = try row.text("kind")
    chunk = try row.name("chunk_schema", "chunk_name")
    relation = try row.name("schema", "name")
    index = try row.optionalText("index_name")
    statement = try row.optionalText("statement").map(SQL.init(fromServer:))
    byHand = try row.optionalText("by_hand")
  }

  /// Reads the answer to `question`.
  ///
  /// - Throws: `PostgresError`.
  public static func answer(
    on target: borrowing Connection, doing operation: String
  ) throws(PostgresError) -> [DeferredObject] {
    try target.rows(doing: operation) { row throws(PostgresError) in try DeferredObject(row) }
  }

  /// All that chunks go without, whether their parts are copied or not.
  ///
  /// - Throws: `PostgresError`.
  public static func all(
    on target: borrowing Connection, extensionSchema: Identifier
  ) throws(PostgresError) -> [DeferredObject] {
    let operation = "looking for unfinished chunks"
    try target.send(question(where: "true", extensionSchema: extensionSchema), doing: operation)
    return try answer(on: target, doing: operation)
  }

  /// Forgets this one, after it was restored.
  public var forgetting: SQL {
    """
    DELETE FROM __backfill.deferred WHERE split = \(split) AND kind = \(kind)
      AND chunk_schema = \(chunk.schema.name) AND chunk_name = \(chunk.name.name)
      AND index_name IS NOT DISTINCT FROM \(index)
    """
  }

  /// What isn't restored yet, in the order to restore it: indexes first, as a compressed chunk has none to
  /// build, and the trigger before the compression, which may merge the chunk into another one.
  ///
  /// The queue is a table that others may write to. Its OIDs and names are only looked up, and its texts compared; what
  /// is run is made by the server from its own catalog. The chunk and the hypertable's index are found whatever they are
  /// called by now. A chunk that is gone, dropped or merged into another, needs nothing. Earlier versions went without the
  /// aggregates' trigger, too; one that the hypertable doesn't have any more isn't needed.
  static func question(where condition: SQL, extensionSchema: Identifier) -> SQL {
    """
    SELECT d.split, d.kind, d.chunk_schema, d.chunk_name, c.schema, c.name, d.index_name, s.statement,
      coalesce(d.definition, s.statement) AS by_hand
    FROM __backfill.deferred AS d
    CROSS JOIN LATERAL (
      SELECT r.oid, n.nspname AS schema, r.relname AS name, format('%I.%I', n.nspname, r.relname) AS qualified,
        i.inhparent AS hypertable
      FROM pg_class AS r
      JOIN pg_namespace AS n ON n.oid = r.relnamespace
      JOIN pg_inherits AS i ON i.inhrelid = r.oid
      WHERE r.oid = d.chunk_oid OR n.nspname = d.chunk_schema AND r.relname = d.chunk_name
      ORDER BY r.oid IS NOT DISTINCT FROM d.chunk_oid DESC LIMIT 1
    ) AS c
    LEFT JOIN LATERAL (\(parent)) AS p ON true
    LEFT JOIN LATERAL (\(Invalidation.triggerDefinition(of: "c.hypertable"))) AS t ON true
    CROSS JOIN LATERAL (SELECT CASE d.kind
      WHEN 'index' THEN format('SELECT set_config(''default_tablespace'', %L, true); ', coalesce(d.tablespace, ''))
        || \(making)
      WHEN 'trigger' THEN \(Invalidation.triggerCreation(on: "c.qualified", like: "t.definition"))
      WHEN 'compression' THEN \(ChunkForm.compressing("c.qualified", schema: extensionSchema))
      WHEN 'freezing' THEN \(ChunkForm.freezing("c.qualified"))
      END AS statement) AS s
    WHERE \(condition) AND NOT CASE d.kind
      WHEN 'index' THEN EXISTS (
        SELECT FROM pg_index AS own JOIN pg_class AS r ON r.oid = own.indexrelid
        WHERE own.indrelid = c.oid AND own.indisvalid
          AND CASE WHEN p.oid IS NULL THEN r.relname = d.index_name ELSE \(method("own.indexrelid")) = p.method END)
      WHEN 'trigger' THEN t.definition IS NULL OR EXISTS (\(Invalidation.triggerDefinition(of: "c.oid")))
      ELSE false END
    ORDER BY array_position(ARRAY['index', 'trigger', 'compression', 'freezing'], d.kind), d.split, d.index_name
    """
  }

  private static func method(_ index: SQL) -> SQL { SecondaryIndex.method(of: index) }

  /// The hypertable's index that a chunk's is made as: the noted one, or one that is made in the same way. Earlier
  /// versions noted no more than its name.
  private static let parent: SQL = """
    SELECT x.indexrelid AS oid, \(method("x.indexrelid")) AS method
    FROM pg_index AS x JOIN pg_class AS r ON r.oid = x.indexrelid
    WHERE d.kind = 'index' AND x.indrelid = c.hypertable AND (x.indexrelid = d.parent_index_oid
      OR CASE WHEN d.definition IS NULL THEN r.relname = d.parent_index_name ELSE \(method("x.indexrelid"))
        = \(SecondaryIndex.method(
          ofDefinition: "d.definition", index: "d.index_name", on: (schema: "d.chunk_schema", name: "d.chunk_name"))) END)
    ORDER BY x.indexrelid IS NOT DISTINCT FROM d.parent_index_oid DESC LIMIT 1
    """

  /// Under its old name, unless something else has that.
  private static let making = SecondaryIndex.making(
    """
    (SELECT quote_ident(d.index_name) WHERE NOT EXISTS (
      SELECT FROM pg_class AS taken JOIN pg_namespace AS n ON n.oid = taken.relnamespace
      WHERE n.nspname = c.schema AND taken.relname = d.index_name))
    """, on: (schema: "c.schema", name: "c.name"), asParent: "p.oid")
}
