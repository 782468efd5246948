import Loading
import Postgres
import TimescaleDB

/// How records get into the table: the statements, and what their counts mean.
struct LoadPlan: Sendable {
  let table: LoadTable
  /// In the order in which records have them.
  let columns: [Identifier]
  let format: RecordFormat
  /// Of the records, before anything else is done with them; nil where all are wanted.
  let window: SQL?
  let conflicts: LoadOptions.ConflictPolicy
  /// Which row a record is about, for updates.
  let key: [Identifier]

  /// A window can be left to COPY.
  let copyFiltersFirst: Bool

  /// COPY can neither skip nor update, and doesn't tell rows that a trigger keeps out from those outside of the
  /// window. Then records go through a table of the session's own.
  var isStaged: Bool {
    conflicts != .error || !table.triggers.isEmpty || window != nil && !copyFiltersFirst
  }

  /// The place of the time among a record's values, by which a batch may be sorted before it is sent. nil where it can be
  /// seen afterwards in which order records came: the stage numbers them, triggers are told one by one, and defaults of
  /// columns that records lack may count them.
  var sortedColumn: Int? {
    guard !isStaged, !table.hasInsertTriggers, let time = table.time?.column,
      table.columns.allSatisfy({ !$0.hasDefault || columns.contains($0.name) })
    else { return nil }
    return columns.firstIndex(of: time)
  }

  private static let stage: SQL = "pg_temp.backfill_load"
  /// Records of one batch in their order.
  private static let ordinal = Identifier("backfill_load_ordinal")

  /// Goes to a session once. The stage has the columns' types, and nothing of what is checked in the table.
  var preparation: SQL {
    guard isStaged else { return "" }
    return """
      DROP TABLE IF EXISTS \(Self.stage);
      CREATE TEMPORARY TABLE backfill_load ON COMMIT DELETE ROWS AS SELECT \(list(columns)) FROM \(table.name)
      WITH NO DATA;
      ALTER TABLE \(Self.stage) ADD COLUMN \(Self.ordinal) bigint GENERATED ALWAYS AS IDENTITY;
      """
  }

  /// Reads the values as the server reads them, by their columns' types, and leaves out what is outside of the
  /// window. A row of which that can't be said, as it has no time, isn't left out: the table says what is wrong with
  /// it.
  var copy: SQL {
    let target: SQL = isStaged ? Self.stage : "\(table.name)"
    let condition: SQL = window.map { " WHERE (\($0)) IS NOT FALSE" } ?? ""
    return "COPY \(target) (\(list(columns))) FROM STDIN WITH \(format.copyOptions)\(condition);"
  }

  /// From the stage into the table; nil where there is no stage.
  var insertion: SQL? {
    guard isStaged else { return nil }
    return """
      INSERT INTO \(table.name) (\(list(columns))) OVERRIDING SYSTEM VALUE
      SELECT \(list(columns)) FROM (SELECT \(distinct)* FROM \(Self.stage)\(order)) AS staged \(conflictAction);
      """
  }

  /// Empties the stage in the middle of a transaction.
  var clearing: SQL { isStaged ? "DELETE FROM \(Self.stage);" : "" }

  /// Takes away the target's rows that the load is to replace.
  var deletion: SQL { "DELETE FROM \(table.name)\(SQL.filter(window));" }

  private var updated: [Identifier] { columns.filter { !key.contains($0) } }

  /// Of several records of one key the last counts: one statement can't change a row twice.
  private var distinct: SQL { conflicts == .update ? "DISTINCT ON (\(list(key))) " : "" }

  private var order: SQL {
    switch conflicts {
    case .update: " ORDER BY \(list(key)), \(Self.ordinal) DESC"
    case .skip, .error: " ORDER BY \(Self.ordinal)"
    }
  }

  private var conflictAction: SQL {
    switch conflicts {
    case .error: return ""
    case .update where !updated.isEmpty:
      let changes = updated.map { "\($0) = excluded.\($0)" as SQL }.joined(separator: ", ")
      return "ON CONFLICT (\(list(key))) DO UPDATE SET \(changes)"
    case .update, .skip: return "ON CONFLICT DO NOTHING"
    }
  }

  private func list(_ names: [Identifier]) -> SQL { names.map { "\($0)" as SQL }.joined(separator: ", ") }
}
