import Postgres
import TimescaleDB

/// How the rows of ordinary tables are replaced, decided without a database.
struct RowPlan: Sendable {
  enum Manner: Sendable, Equatable {
    /// Emptied, and filled again.
    case refilled
    /// Changed where it differs, row by row: something else refers to it, such as a hypertable.
    case merged
  }

  /// In the order in which they are filled: what is referred to comes first.
  private(set) var tables: [(table: OrdinaryTable, manner: Manner)] = []
  /// Foreign keys that no order suits, and that are checked at the end.
  private(set) var deferred: [TableReference] = []
  /// Tables that would have to be changed row by row, and have no primary key.
  private(set) var withoutKey: [QualifiedName] = []

  /// - Parameters:
  ///   - tables: the target's that are to be replaced.
  ///   - references: all of the target's.
  init(_ tables: [OrdinaryTable], references: [TableReference]) {
    let names = Set(tables.map(\.name))
    let merged = Self.merged(names, references)
    let inner = references.filter { reference in
      names.contains(reference.table) && names.contains(reference.referenced)
        && reference.table != reference.referenced
    }
    var left = tables
    while !left.isEmpty {
      let waiting = Set(left.map(\.name))
      let free = left.filter { table in
        !inner.contains { $0.table == table.name && waiting.contains($0.referenced) }
      }
      if free.isEmpty {
        // A circle: the rest comes as it is.
        deferred += inner.filter { waiting.contains($0.table) && waiting.contains($0.referenced) }
      }
      let next = free.isEmpty ? left : free
      self.tables += next.map { ($0, merged.contains($0.name) ? .merged : .refilled) }
      left.removeAll { table in next.contains { $0.name == table.name } }
    }
    withoutKey = tables.filter { merged.contains($0.name) && $0.key.isEmpty }.map(\.name)
  }

  /// Emptying a table needs those that refer to it to be emptied with it.
  private static func merged(_ names: Set<QualifiedName>, _ references: [TableReference]) -> Set<
    QualifiedName
  > {
    var merged: Set<QualifiedName> = []
    while true {
      let found = references.filter { reference in
        names.contains(reference.referenced) && !merged.contains(reference.referenced)
          && (!names.contains(reference.table) || merged.contains(reference.table))
      }
      guard !found.isEmpty else { return merged }
      merged.formUnion(found.map(\.referenced))
    }
  }
}

/// Statements that replace a table's rows.
struct TableReplacement: Sendable {
  let table: OrdinaryTable
  private let columns: SQL
  /// Of this session, with the source's rows.
  private let copy: SQL

  /// - Parameter number: of the table, for a name of its own.
  init(_ table: OrdinaryTable, number: Int) {
    self.table = table
    columns = table.columns.map { "\($0)" as SQL }.joined(separator: ", ")
    copy = "pg_temp.\(Identifier("backfill_rows_\(number)"))"
  }

  var reading: SQL { "COPY \(table.name) (\(columns)) TO STDOUT" }
  var filling: SQL { "COPY \(table.name) (\(columns)) FROM STDIN" }
  var fillingCopy: SQL { "COPY \(copy) (\(columns)) FROM STDIN" }

  var makingCopy: SQL { "CREATE TEMPORARY TABLE \(copy) (LIKE \(table.name)) ON COMMIT DROP" }

  var removingSurplus: SQL {
    "DELETE FROM \(table.name) AS t WHERE NOT EXISTS (SELECT FROM \(copy) AS s WHERE \(sameKey))"
  }

  /// Rows are compared as texts: some types have no equality.
  var changing: SQL {
    let others = table.columns.filter { !table.key.contains($0) }
    guard !others.isEmpty else { return "SELECT" }
    func list(_ alias: SQL) -> SQL { others.map { "\(alias).\($0)" as SQL }.joined(separator: ", ") }
    let assignments = others.map { "\($0) = s.\($0)" as SQL }.joined(separator: ", ")
    return """
      UPDATE \(table.name) AS t SET \(assignments) FROM \(copy) AS s
      WHERE \(sameKey) AND ROW(\(list("t")))::text IS DISTINCT FROM ROW(\(list("s")))::text
      """
  }

  var addingMissing: SQL {
    """
    INSERT INTO \(table.name) (\(columns)) OVERRIDING SYSTEM VALUE SELECT \(columns) FROM \(copy) AS s
    WHERE NOT EXISTS (SELECT FROM \(table.name) AS t WHERE \(sameKey))
    """
  }

  private var sameKey: SQL { table.key.map { "t.\($0) = s.\($0)" as SQL }.joined(separator: " AND ") }

  var turningTriggersOff: SQL {
    table.triggers.map { "ALTER TABLE \(table.name) DISABLE TRIGGER \($0.name);" as SQL }.joined(
      separator: " ")
  }

  var turningTriggersOn: SQL {
    table.triggers.map { "ALTER TABLE \(table.name) ENABLE \($0.mode)TRIGGER \($0.name);" as SQL }
      .joined(separator: " ")
  }
}

extension TableReference {
  /// A key that can't be deferred is made so for the transaction.
  var deferring: SQL {
    let change: SQL = isDeferrable ? "" : "ALTER TABLE \(table) ALTER CONSTRAINT \(constraint) DEFERRABLE;"
    return change + "SET CONSTRAINTS \(table.schema).\(constraint) DEFERRED;"
  }

  /// Checks it, and makes it what it was.
  var checking: SQL {
    let change: SQL =
      isDeferrable ? "" : "ALTER TABLE \(table) ALTER CONSTRAINT \(constraint) NOT DEFERRABLE;"
    return "SET CONSTRAINTS \(table.schema).\(constraint) IMMEDIATE;" + change
  }
}
