import Postgres
import TimescaleDB
import Waiting

/// `schema --tables-only`: the rows of ordinary tables again, all in one transaction of the target, and sequences.
struct RowMove {
  let endpoints: Endpoints
  /// Which tables, by `schema.table`.
  let selection: Selection
  /// Goes on where the target has far more rows.
  let allowsShrinking: Bool
  let interrupt: Interrupt
  let reporter: any Reporter

  /// - Throws: `CommandFailure`, `PostgresError`; nothing is changed then.
  func perform() throws -> SchemaResult {
    let source = try Databases.session(
      endpoints.source, side: .source, purpose: MoveSchema.purpose, interrupt: interrupt)
    let target = try Databases.session(
      endpoints.target, side: .target, purpose: MoveSchema.purpose, interrupt: interrupt)
    try check(source)
    try check(target)
    try SameDatabase.refuse(source: source, target: target)
    let plan = try plan(source, target)
    return try RowTransfer(
      plan: plan, allowsShrinking: allowsShrinking, interrupt: interrupt, reporter: reporter
    ).perform(source, target)
  }

  private func check(_ session: borrowing Connection) throws {
    let installation = try Databases.installation(on: session)
    reporter.report(.connected(ConnectedDatabase(session, installation)))
    guard !installation.isRestoring else {
      throw CommandFailure.failed(.databases(.isRestoring(session.side)))
    }
  }

  private func plan(_ source: borrowing Connection, _ target: borrowing Connection) throws -> RowPlan {
    let wanted = try selection.chosenNames(from: try OrdinaryTable.all(on: source).map(\.name), on: source)
    guard !wanted.isEmpty else { throw CommandFailure.usage(.transfer(.noTables)) }
    let there = try OrdinaryTable.all(on: target)
    let missing = wanted.filter { name in !there.contains { $0.name == name } }
    guard missing.isEmpty else { throw CommandFailure.failed(.transfer(.tablesMissing(missing))) }
    let chosen = Set(wanted)
    let plan = RowPlan(
      there.filter { chosen.contains($0.name) }, references: try TableReference.all(on: target))
    guard plan.withoutKey.isEmpty else {
      throw CommandFailure.failed(.transfer(.tablesWithoutKey(plan.withoutKey)))
    }
    return plan
  }
}
