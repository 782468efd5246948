import ChunkCatalog
import Postgres
import TimescaleDB
import Waiting

/// Replaces the rows of tables by the source's, as they are in one snapshot of it.
struct RowTransfer {
  let plan: RowPlan
  /// Goes on where the target has far more rows.
  let allowsShrinking: Bool
  let interrupt: Interrupt
  let reporter: any Reporter

  /// - Throws: `CommandFailure`, `PostgresError`. Nothing is changed then.
  func perform(_ source: borrowing Connection, _ target: borrowing Connection) throws -> SchemaResult {
    let operation = "replacing the rows of ordinary tables"
    try source.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", doing: operation)
    let sequences = try DatabaseSequence.all(on: source)
    let known = try DatabaseSequence.names(on: target)
    let advanced = sequences.filter { known.contains($0.name) }
    let (result, shrinking) = try LockRetry(interrupt: interrupt, reporter: reporter).transact(
      on: target, locking: plan.tables.map(\.table.name), doing: operation
    ) { target, opening, _ throws(PostgresError) -> (SchemaResult, [ShrinkingTable]) in
      try target.execute(opening + locking, doing: operation)
      let shrinking = allowsShrinking ? [] : try self.shrinking(source, target)
      guard shrinking.isEmpty else { return (SchemaResult(), shrinking) }
      try target.execute(self.opening, doing: operation)
      var result = try replace(source, target)
      try target.execute(closing, doing: "checking foreign keys")
      for sequence in advanced { try target.execute(sequence.advancing, doing: "advancing sequences") }
      result.sequences = advanced.count
      return (result, [])
    }
    guard shrinking.isEmpty else { throw CommandFailure.failed(.transfer(.shrinkingTables(shrinking))) }
    return result
  }

  /// Tables that would lose most of their rows: where source and target are exchanged, tables in use would be replaced by
  /// those of a database that is being filled. What is counted is what is copied, and what nobody can change any more.
  private func shrinking(
    _ source: borrowing Connection, _ target: borrowing Connection
  ) throws(PostgresError) -> [ShrinkingTable] {
    var shrinking: [ShrinkingTable] = []
    for (table, _) in plan.tables {
      let (there, here) = (try Self.rows(of: table, on: source), try Self.rows(of: table, on: target))
      guard CopyProblem.isShrinking(from: here, to: there) else { continue }
      shrinking.append(ShrinkingTable(name: table.name, sourceRows: there, targetRows: here))
    }
    return shrinking
  }

  private static func rows(
    of table: OrdinaryTable, on session: borrowing Connection
  ) throws(PostgresError) -> Int64 {
    try session.query(
      "SELECT count(*) AS rows FROM ONLY \(table.name)", doing: "counting the rows of \(table.name)"
    ) { row throws(PostgresError) in try row.integer("rows") }.first ?? 0
  }

  private var replacements: [(replacement: TableReplacement, manner: RowPlan.Manner)] {
    plan.tables.enumerated().map {
      (TableReplacement($0.element.table, number: $0.offset), $0.element.manner)
    }
  }

  /// All tables at once.
  private var locking: SQL {
    let names = plan.tables.map { "ONLY \($0.table.name)" as SQL }.joined(separator: ", ")
    return "LOCK TABLE \(names) IN ACCESS EXCLUSIVE MODE;"
  }

  /// Has nothing but the rows themselves happen to the tables.
  private var opening: SQL {
    replacements.map(\.replacement.turningTriggersOff).joined(separator: " ")
      + plan.deferred.map(\.deferring).joined(separator: " ")
  }

  private var closing: SQL {
    plan.deferred.map(\.checking).joined(separator: " ")
      + replacements.map(\.replacement.turningTriggersOn).joined(separator: " ")
  }

  private func replace(
    _ source: borrowing Connection, _ target: borrowing Connection
  ) throws(PostgresError) -> SchemaResult {
    var result = SchemaResult()
    let rowCopy = RowCopy(interrupt: interrupt)
    let all = replacements
    let merged = all.filter { $0.manner == .merged }.map(\.replacement)
    for replacement in merged {
      try target.execute(replacement.makingCopy, doing: "preparing \(replacement.table.name)")
    }
    let refilled = all.filter { $0.manner == .refilled }.map { "ONLY \($0.replacement.table.name)" as SQL }
    if !refilled.isEmpty {
      try target.execute("TRUNCATE \(refilled.joined(separator: ", "))", doing: "emptying tables")
    }
    var rows: [QualifiedName: Int64] = [:]
    for replacement in merged {
      rows[replacement.table.name] = try rowCopy.copy(
        replacement, into: replacement.fillingCopy, source, target)
    }
    // What refers to others goes first.
    for replacement in merged.reversed() {
      try target.execute(replacement.removingSurplus, doing: "removing rows of \(replacement.table.name)")
    }
    for (index, (replacement, manner)) in all.enumerated() {
      let name = replacement.table.name
      let step = SchemaStep.table(name, isMerged: manner == .merged)
      let progress = StepProgress(step: step, number: index + 1, count: all.count)
      let began = reporter.begin(progress)
      switch manner {
      case .refilled:
        rows[name] = try rowCopy.copy(replacement, into: replacement.filling, source, target)
      case .merged:
        try target.execute(
          replacement.changing + ";" + replacement.addingMissing, doing: "replacing rows of \(name)")
      }
      reporter.end(progress, since: began)
      result.tables.append(.init(name: name, rows: rows[name] ?? 0, isMerged: manner == .merged))
    }
    return result
  }
}
