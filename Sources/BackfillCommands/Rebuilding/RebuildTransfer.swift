import ChunkCatalog
import Postgres
import TimescaleDB
import Waiting

/// Makes the source's schema on the target from definitions: everything is in one transaction, so that a run that is
/// interrupted leaves nothing behind.
struct RebuildTransfer {
  let transfer: SchemaTransfer
  let manner: RebuildManner

  private var plan: SchemaPlan { transfer.plan }
  private var programs: RebuildPrograms {
    RebuildPrograms(
      plan: plan, directory: transfer.directory, interrupt: transfer.interrupt, reporter: transfer.reporter)
  }

  /// - Throws: `CommandFailure`, `PostgresError`.
  func perform(_ result: inout SchemaResult) throws {
    let source = try Databases.session(
      transfer.endpoints.source, side: .source, purpose: MoveSchema.purpose, interrupt: transfer.interrupt)
    let target = try transfer.targetSession()
    let installation = try Databases.installation(on: target)
    var prepared: (RebuildReading, PresentSchema, RebuildStatements)?
    try transfer.tell(.definitions, &result) { _ in
      let reading = try programs.read(source, try Databases.installation(on: source).capabilities)
      let present =
        manner.isMissingOnly ? try PresentSchema.find(reading.contents, source, target) : PresentSchema()
      prepared = (
        reading, present,
        try RebuildStatements(reading, programs, on: installation.capabilities, present)
      )
    }
    guard let (reading, present, statements) = prepared else { return }
    for finding in statements.findings { transfer.reporter.report(.warning(.definition(finding))) }
    guard !statements.isEmpty else {
      result.objects = 0
      return transfer.reporter.report(.note(.transfer(.complete)))
    }
    if manner.isMissingOnly { result.objects = statements.objects }
    let before = try BackgroundJob.all(on: target)
    try target.transact(doing: "making the schema") {
      try make(statements, source, target, &result)
      try transfer.tell(.jobs, &result) { result in
        for job in statements.definitions.jobs { try make(job, on: target) }
        try transfer.handOver(on: target, installation, sparing: Set(before.map(\.id)), &result)
      }
      guard manner.isMissingOnly else { return }
      // It was asked before pg_restore had its turns, and nothing keeps others from dropping it.
      try present.refuseLosses(reading, now: try PresentSchema.find(reading.contents, source, target))
    }
  }

  private func make(
    _ statements: RebuildStatements, _ source: borrowing Connection, _ target: borrowing Connection,
    _ result: inout SchemaResult
  ) throws {
    try transfer.tell(.tables(hasRows: plan.hasRows), &result) { _ in
      try target.execute(statements.tables, doing: "creating tables")
      try target.execute(ScriptOfArchive.resetting, doing: "creating tables")
      for replacement in statements.copies {
        _ = try RowCopy(interrupt: transfer.interrupt).copy(
          replacement, into: replacement.filling, source, target)
      }
      if !statements.positions.isEmpty {
        try target.execute(statements.advancing, doing: "setting sequences")
      }
    }
    try transfer.tell(.hypertables, &result) { _ in
      try target.execute(statements.constraints, doing: "creating indexes and constraints")
      try target.execute(ScriptOfArchive.resetting, doing: "creating indexes and constraints")
      for hypertable in statements.definitions.hypertables { try make(hypertable, on: target) }
    }
    try transfer.tell(.aggregates, &result) { _ in
      for aggregate in statements.definitions.aggregates { try make(aggregate, on: target) }
      try target.execute(
        statements.late, doing: "creating what depends on hypertables, and granting privileges")
      try target.execute(
        ScriptOfArchive.resetting + statements.refreshing, doing: "refreshing materialized views")
    }
  }

  private func make(_ statement: DefinitionStatement, on target: borrowing Connection) throws {
    let operation = "making \(statement.object.phrase)"
    guard statement.isOptional else { return try target.execute(statement.sql, doing: operation) }
    guard let refusal = try target.attempt(statement.sql, doing: operation) else { return }
    transfer.reporter.report(.warning(.definition(.refused(statement.object, refusal))))
  }
}

extension DefinedObject {
  fileprivate var phrase: String {
    switch self {
    case .hypertable(let name): "hypertable \(name)"
    case .aggregate(let view): "continuous aggregate \(view)"
    case .job(let procedure, let relation):
      "the job \(procedure)" + (relation.map { " of \($0)" } ?? "")
    }
  }
}
