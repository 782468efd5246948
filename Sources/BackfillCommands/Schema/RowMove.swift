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
    let sessions = try SessionPair.open(endpoints, purpose: MoveSchema.purpose, interrupt: interrupt)
    try check(sessions.source)
    try check(sessions.target)
    try SameDatabase.refuse(source: sessions.source, target: sessions.target)
    let plan = try plan(sessions.source, sessions.target)
    return try RowTransfer(
      plan: plan, allowsShrinking: allowsShrinking, interrupt: interrupt, reporter: reporter
    ).perform(sessions.source, sessions.target)
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
