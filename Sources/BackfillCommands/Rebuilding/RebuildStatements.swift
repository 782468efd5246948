import Postgres
import TimescaleDB

/// All that makes the source's schema on the target from definitions, in order.
struct RebuildStatements: Sendable {
  /// Schemas, types, functions, tables and views.
  var tables: SQL
  /// Ordinary tables whose rows are copied.
  var copies: [TableReplacement]
  var positions: [SequencePosition]
  /// Indexes, constraints and triggers.
  var constraints: SQL
  var definitions: DefinitionPlan
  /// What depends on aggregates, privileges and comments.
  var late: SQL
  /// To be refreshed at the end, in order.
  var filledViews: [QualifiedName]
  var objects: Int
  var findings: [DefinitionFinding]

  /// Nothing is missing on the target.
  var isEmpty: Bool {
    objects == 0 && definitions.hypertables.isEmpty && definitions.aggregates.isEmpty
      && definitions.jobs.isEmpty
  }

  var refreshing: SQL {
    filledViews.map { "REFRESH MATERIALIZED VIEW \($0);\n" }.joined(separator: "")
  }

  var advancing: SQL { positions.map(\.setting).joined(separator: "") }
}

extension RebuildStatements {
  /// - Throws: `CommandFailure`.
  init(
    _ reading: RebuildReading, _ programs: RebuildPrograms, on target: Capabilities, _ present: PresentSchema
  ) throws(CommandFailure) {
    let plan = programs.plan
    var facts = ArchiveSelection.Facts()
    facts.objects = reading.objects
    facts.present = present.objects
    facts.hasAggregates = target.isCommunity
    facts.schemaThere = plan.extensionSchema == Identifier("public") ? nil : plan.extensionSchema
    let selection = ArchiveSelection(reading.contents, facts)
    var manner = DefinitionPlan.Manner(schema: plan.extensionSchema)
    manner.isManaged = plan.isManaged
    manner.leavesTablespaces = plan.leavesTablespaces
    manner.present = present.definitions
    definitions = DefinitionPlan(reading.definitions, on: target, manner)
    tables = try programs.sql(of: selection.early, reading, section: "pre-data", list: "tables")
    constraints = try programs.sql(of: selection.early, reading, section: "post-data", list: "constraints")
    late = try programs.sql(of: selection.late, reading, list: "late")
    let new = reading.tables.filter { table in
      !present.definitions.relations.contains(table.name) && !table.columns.isEmpty
    }
    copies = new.enumerated().map { TableReplacement($0.element, number: $0.offset) }
    let made = Set(selection.early.compactMap(\.address))
    positions = reading.positions.filter { made.contains($0.address) }
    filledViews = plan.hasRows ? selection.filledViews : []
    objects = (selection.early + selection.late).count { $0.address != nil }
    findings = definitions.leftOut.map { .unavailable($0) }
    if !selection.leftOut.isEmpty { findings.append(.dependents(selection.leftOut.map(\.text))) }
    if !reading.extensionTables.isEmpty { findings.append(.extensionRows(reading.extensionTables)) }
    if reading.largeObjects > 0 { findings.append(.largeObjects(reading.largeObjects)) }
  }
}
