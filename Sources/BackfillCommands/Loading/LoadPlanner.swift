import ChunkCatalog
import Loading
import Postgres
import TimescaleDB

/// From what is asked for and what is there to the statements.
struct LoadPlanner {
  let options: LoadOptions
  let inputs: LoadInputs
  /// nil without TimescaleDB.
  let capabilities: Capabilities?

  /// - Throws: `CommandFailure`; `PostgresError`.
  func plan(on session: borrowing Connection) throws -> (LoadPlan, LoadWindow?) {
    let table = try LoadTable.find(options.table, on: session, hasTimescaleDB: capabilities != nil)
    guard !table.hasRules else { throw CommandFailure.failed(.load(.table(.hasRules(table.name)))) }
    let columns = try columns(of: table, on: session)
    let window = try LoadWindow.find(options, table, on: session)
    if window != nil, let time = table.time?.column, !columns.contains(time) {
      throw CommandFailure.failed(.load(.table(.timeNotLoaded(time))))
    }
    var key: [Identifier] = []
    if options.conflicts == .update {
      key = try LoadKey.find(of: table, on: session).columns
      let missing = key.filter { !columns.contains($0) }
      guard missing.isEmpty else { throw CommandFailure.failed(.load(.table(.keyNotLoaded(missing)))) }
    }
    let plan = LoadPlan(
      table: table, columns: columns, format: options.format, window: window?.condition,
      conflicts: options.conflicts, key: key, copyFiltersFirst: capabilities?.copyFiltersFirst ?? true)
    return (plan, window)
  }

  /// Those that are named, by hand or by the header; or all that can be written.
  private func columns(of table: LoadTable, on session: borrowing Connection) throws -> [Identifier] {
    guard let names = try options.columns ?? inputs.headerNames(options.format, on: session) else {
      return table.columns.filter { !$0.isGenerated }.map(\.name)
    }
    func refuse(_ finding: LoadTableFinding) -> CommandFailure { .usage(.load(.table(finding))) }
    let wanted = names.map(Identifier.init)
    let unknown = wanted.filter { name in !table.columns.contains { $0.name == name } }
    guard unknown.isEmpty else { throw refuse(.unknownColumns(unknown.map(\.name), table.name)) }
    let generated = wanted.filter { name in table.columns.contains { $0.name == name && $0.isGenerated } }
    guard generated.isEmpty else { throw refuse(.generatedColumns(generated.map(\.name), table.name)) }
    let repeated = wanted.filter { name in wanted.filter { $0 == name }.count > 1 }
    guard repeated.isEmpty else { throw refuse(.repeatedColumns(repeated.map(\.name))) }
    return wanted
  }

  /// - Throws: `CommandFailure`; `PostgresError`.
  func signature(_ plan: LoadPlan, on session: borrowing Connection) throws -> String {
    let found = try session.queryRow(
      "SELECT \(plan.table.signature(of: plan.columns)) AS signature", doing: "describing the table"
    ) { row throws(PostgresError) in try row.optionalText("signature") }
    guard let found else { throw CommandFailure.failed(.load(.table(.changed(plan.table.name)))) }
    return found
  }

  /// The load as its record would have it: with what decides which rows are loaded, and what they are.
  func recorded(_ plan: LoadPlan, _ window: LoadWindow?) -> RecordedLoad {
    let columns = plan.columns.map(\.description).joined(separator: ", ")
    let facts =
      options.format.facts + [
        ("columns", columns), ("header", "\(options.hasHeader)"),
        ("from", window.map { "\($0.range.lower)" } ?? ""),
        ("until", window.map { "\($0.range.upper)" } ?? ""), ("replace", "\(options.replaces)"),
        ("on-conflict", options.conflicts.rawValue),
      ]
    return RecordedLoad(
      id: 0, table: plan.table.name, relation: plan.table.relation,
      options: facts.map { "\($0.name)=\($0.value)" }, hasReplaced: false, isEnded: false,
      inputs: inputs.recorded)
  }
}
