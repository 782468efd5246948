import Postgres
import TimescaleDB

/// The table that is loaded into, as the server has it.
struct LoadTable: Sendable, Equatable {
  let name: QualifiedName
  /// Its OID.
  let relation: Int64
  let columns: [LoadColumn]
  /// nil of a plain table.
  let time: Dimension?
  let isHypertable: Bool
  /// Of people, before each row that is inserted: they may keep it out.
  let triggers: [Identifier]
  /// Of people, for INSERT, of whatever kind: they may see in which order rows come.
  let hasInsertTriggers: Bool
  let hasRules: Bool

  struct LoadColumn: Sendable, Equatable {
    let name: Identifier
    let isGenerated: Bool
    /// Has a value of its own where none is given, which may be another one for each row.
    let hasDefault: Bool
  }

  /// - Throws: `CommandFailure`; `PostgresError`.
  static func find(_ text: String, on session: borrowing Connection, hasTimescaleDB: Bool) throws -> LoadTable
  {
    guard let relation = try self.relation(text, on: session) else {
      throw CommandFailure.usage(.load(.table(.missing(text))))
    }
    let hypertables = hasTimescaleDB ? try Hypertable.all(on: session) : []
    let table = try session.queryRow(question(relation), doing: "describing the table") {
      row throws(PostgresError) in
      let name = try row.name("nspname", "relname")
      let hypertable = hypertables.first { $0.name == name }
      let (generated, defaulted) = (try row.flags("generated"), try row.flags("defaulted"))
      let columns = zip(try row.texts("columns"), zip(generated, defaulted))
        .map { LoadColumn(name: Identifier($0), isGenerated: $1.0, hasDefault: $1.1) }
      return (
        table: LoadTable(
          name: name, relation: relation, columns: columns, time: hypertable?.timeDimension,
          isHypertable: hypertable != nil, triggers: try row.texts("triggers").map(Identifier.init),
          hasInsertTriggers: try row.flag("has_insert_triggers"), hasRules: try row.flag("relhasrules")),
        kind: try row.text("relkind")
      )
    }
    guard ["r", "p"].contains(table.kind) else {
      throw CommandFailure.failed(.load(.table(.unusable(table.table.name))))
    }
    guard !isReserved(table.table.name.schema) else {
      throw CommandFailure.failed(.load(.table(.reserved(table.table.name))))
    }
    return table.table
  }

  private static func isReserved(_ schema: Identifier) -> Bool {
    schema.name == "__backfill" || schema.name == "pg_catalog" || schema.name == "information_schema"
      || schema.name.hasPrefix("_timescaledb_")
  }

  /// Looks the name up as the role's own sessions would, whose search_path ours lack. Nothing else is called with it.
  private static func relation(_ text: String, on session: borrowing Connection) throws -> Int64? {
    let operation = "looking for the table"
    do throws(PostgresError) {
      let path = try session.queryRow(
        "SELECT reset_val AS path FROM pg_settings WHERE name = 'search_path'", doing: operation
      ) { row throws(PostgresError) in try row.optionalText("path") ?? "" }
      let found = try session.query(
        """
        BEGIN READ ONLY;
        SELECT set_config('search_path', \(path), true);
        SELECT pg_catalog.to_regclass(\(text))::pg_catalog.oid::pg_catalog.int8 AS relation;
        """, doing: operation
      ) { row throws(PostgresError) in try row.optionalInteger("relation") }
      session.rollBack()
      return found.first ?? nil
    } catch {
      session.rollBack()
      // A text that is no name.
      guard error.sqlState?.hasPrefix("42") == true || error.sqlState?.hasPrefix("22") == true else {
        throw error
      }
      return nil
    }
  }

  private static func question(_ relation: Int64) -> SQL {
    """
    SELECT n.nspname, c.relname, c.relkind, c.relhasrules,
      ARRAY(SELECT attname::text FROM pg_attribute AS a WHERE \(isColumn(relation)) ORDER BY attnum) AS columns,
      ARRAY(SELECT attgenerated <> '' FROM pg_attribute AS a WHERE \(isColumn(relation)) ORDER BY attnum) AS generated,
      ARRAY(SELECT \(hasDefault) FROM pg_attribute AS a WHERE \(isColumn(relation)) ORDER BY attnum) AS defaulted,
      \(triggers(relation)) AS triggers, \(hasInsertTriggers(relation)) AS has_insert_triggers
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = \(relation)::oid
    """
  }

  /// Of people, before each row that is inserted.
  private static func triggers(_ relation: Int64) -> SQL {
    """
    ARRAY(SELECT t.tgname::text FROM pg_trigger AS t WHERE t.tgrelid = \(relation)::oid
      AND \(FiringTrigger.isPeoples) AND t.tgenabled IN ('O', 'A') AND t.tgtype & 7 = 7 ORDER BY 1)
    """
  }

  /// Of people, for INSERT, on the table or on a chunk of it.
  private static func hasInsertTriggers(_ relation: Int64) -> SQL {
    """
    EXISTS (SELECT FROM pg_trigger AS t WHERE \(FiringTrigger.isPeoples) AND t.tgenabled <> 'D' AND t.tgtype & 4 <> 0
      AND t.tgrelid IN (
        SELECT \(relation)::oid UNION ALL SELECT inhrelid FROM pg_inherits WHERE inhparent = \(relation)::oid))
    """
  }

  /// Of the column or of its type; expressions of generated columns see one row at a time.
  private static let hasDefault: SQL = """
    a.attgenerated = '' AND (a.atthasdef OR a.attidentity <> ''
      OR EXISTS (SELECT FROM pg_type AS y WHERE y.oid = a.atttypid AND y.typdefault IS NOT NULL))
    """

  private static func isColumn(_ relation: Int64) -> SQL {
    "a.attrelid = \(relation)::oid AND a.attnum > 0 AND NOT a.attisdropped"
  }

  /// What a load rests on, as one text: the columns, and what may keep rows out, which COPY doesn't tell from those
  /// outside of the window. An expression, which is NULL where the table is gone.
  func signature(of columns: [Identifier]) -> SQL {
    let names = columns.map { "\($0.name)" as SQL }.joined(separator: ", ")
    return """
      (SELECT string_agg(concat_ws(' ', a.attname, a.atttypid, a.atttypmod, a.attgenerated), ', ' ORDER BY a.attnum)
       FROM pg_attribute AS a WHERE \(Self.isColumn(relation)) AND a.attname IN (\(names)))
        || \(Self.triggers(relation))::text || (SELECT relhasrules FROM pg_class WHERE oid = \(relation)::oid)::text
      """
  }
}

/// A unique index that says which row a record is about.
struct LoadKey: Sendable, Equatable {
  let index: Identifier
  let columns: [Identifier]

  /// The primary key; without one the only unique index.
  ///
  /// - Throws: `CommandFailure`; `PostgresError`.
  static func find(of table: LoadTable, on session: borrowing Connection) throws -> LoadKey {
    let found = try session.query(
      """
      SELECT i.relname, x.indisprimary AS is_primary, ARRAY(
        SELECT a.attname::text FROM unnest(x.indkey::int2[]) WITH ORDINALITY AS k (number, place)
        JOIN pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = k.number
        WHERE k.place <= x.indnkeyatts ORDER BY k.place) AS columns
      FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid
      WHERE x.indrelid = \(table.relation)::oid AND x.indisunique AND x.indisvalid AND x.indimmediate
        AND x.indpred IS NULL AND x.indexprs IS NULL
      ORDER BY NOT x.indisprimary, i.relname
      """, doing: "looking for the table's key"
    ) { row throws(PostgresError) in
      (
        isPrimary: try row.flag("is_primary"),
        key: LoadKey(
          index: Identifier(try row.text("relname")), columns: try row.texts("columns").map(Identifier.init))
      )
    }
    guard let first = found.first else { throw CommandFailure.failed(.load(.table(.noKey(table.name)))) }
    guard first.isPrimary || found.count == 1 else {
      throw CommandFailure.failed(.load(.table(.severalKeys(table.name, found.map(\.key.index)))))
    }
    return first.key
  }
}
