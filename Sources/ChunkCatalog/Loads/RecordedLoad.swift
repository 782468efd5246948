public import Postgres

/// A load as `__backfill.load` has it, with its inputs.
public struct RecordedLoad: Sendable, Equatable {
  public var id: Int64
  public var table: QualifiedName
  /// The relation's OID: another one of the same name has lost what was loaded.
  public var relation: Int64
  /// What decides which rows are loaded, and what they are: `name=value`.
  public var options: [String]
  public var hasReplaced: Bool
  public var isEnded: Bool
  public var inputs: [RecordedInput]

  public init(
    id: Int64, table: QualifiedName, relation: Int64, options: [String], hasReplaced: Bool, isEnded: Bool,
    inputs: [RecordedInput]
  ) {
    self.id = id
    self.table = table
    self.relation = relation
    self.options = options
    self.hasReplaced = hasReplaced
    self.isEnded = isEnded
    self.inputs = inputs
  }

  /// The loads into a table that any of the files is an input of, the newest first. For a session that has looked at
  /// whose the schema is.
  ///
  /// - Throws: `PostgresError`.
  public static func all(
    into table: QualifiedName, of paths: [String], on target: borrowing Connection
  ) throws(PostgresError) -> [RecordedLoad] {
    let names = (paths.map { "\($0)" as SQL } + ["''"]).joined(separator: ", ")
    let loads = try target.query(
      """
      SELECT id, table_oid::bigint AS relation, options, replaced IS NOT NULL AS has_replaced,
        ended IS NOT NULL AS is_ended
      FROM ONLY __backfill.load AS l
      WHERE table_schema = \(table.schema.name) AND table_name = \(table.name.name) AND EXISTS (
        SELECT FROM ONLY __backfill.load_input AS i WHERE i.load = l.id AND i.size IS NOT NULL AND i.path IN (\(names)))
      ORDER BY id DESC
      """, doing: "looking for earlier loads"
    ) { row throws(PostgresError) in
      RecordedLoad(
        id: try row.integer("id"), table: table, relation: try row.integer("relation"),
        options: try row.texts("options"), hasReplaced: try row.flag("has_replaced"),
        isEnded: try row.flag("is_ended"), inputs: [])
    }
    var found: [RecordedLoad] = []
    for var load in loads {
      load.inputs = try RecordedInput.all(of: load.id, on: target)
      found.append(load)
    }
    return found
  }

  /// Writes a new one down.
  ///
  /// - Returns: its id.
  /// - Throws: `PostgresError`.
  public func insert(run: String, on target: borrowing Connection) throws(PostgresError) -> Int64 {
    let options = (options.map { "\($0)" as SQL }).joined(separator: ", ")
    let id = try target.queryRow(
      """
      INSERT INTO __backfill.load (table_schema, table_name, table_oid, options, run, began)
      VALUES (\(table.schema.name), \(table.name.name), \(relation)::oid, ARRAY[\(options)]::text[], \(run),
        clock_timestamp())
      RETURNING id
      """, doing: "recording the load"
    ) { row throws(PostgresError) in try row.integer("id") }
    for input in inputs { try target.execute(input.insertion(into: id), doing: "recording the load") }
    return id
  }

  /// Has a run go on with it: transactions of an earlier one are waited for, and it can commit nothing from then on
  /// (`LoadTransaction.opening`).
  public static func handing(_ load: Int64, to run: String) -> SQL {
    "UPDATE __backfill.load SET run = \(run) WHERE id = \(load);"
  }

  /// Forgets loads, for files that are to be loaded once more.
  public static func forgetting(_ loads: [Int64]) -> SQL {
    let ids = (loads.map { "\($0)" as SQL } + ["-1"]).joined(separator: ", ")
    return """
      DELETE FROM ONLY __backfill.load_reject WHERE load IN (\(ids));
      DELETE FROM ONLY __backfill.load_batch WHERE load IN (\(ids));
      DELETE FROM ONLY __backfill.load_input WHERE load IN (\(ids));
      DELETE FROM ONLY __backfill.load WHERE id IN (\(ids));
      """
  }
}

/// An input of a load, with what tells it from another file of its name.
public struct RecordedInput: Sendable, Equatable {
  public var number: Int
  public var path: String
  /// nil of what can't be read again, as of the members below.
  public var size: Int64?
  public var modified: Int64?
  public var head: String?
  public var tail: String?

  public init(
    number: Int, path: String, size: Int64? = nil, modified: Int64? = nil, head: String? = nil,
    tail: String? = nil
  ) {
    self.number = number
    self.path = path
    self.size = size
    self.modified = modified
    self.head = head
    self.tail = tail
  }

  static func all(of load: Int64, on target: borrowing Connection) throws(PostgresError) -> [RecordedInput] {
    try target.query(
      """
      SELECT number, path, size, modified, head, tail FROM ONLY __backfill.load_input WHERE load = \(load)
      ORDER BY number
      """, doing: "looking for earlier loads"
    ) { row throws(PostgresError) in
      RecordedInput(
        number: Int(try row.integer("number")), path: try row.text("path"),
        size: try row.optionalInteger("size"), modified: try row.optionalInteger("modified"),
        head: try row.optionalText("head"), tail: try row.optionalText("tail"))
    }
  }

  func insertion(into load: Int64) -> SQL {
    """
    INSERT INTO __backfill.load_input (load, number, path, size, modified, head, tail)
    VALUES (\(load), \(number), \(path), \(size), \(modified), \(head), \(tail));
    """
  }
}
