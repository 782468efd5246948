public import Postgres

/// What makes a database's definitions on another one, in terms of that one's version, decided without a database.
public struct DefinitionPlan: Sendable {
  public struct Manner: Sendable {
    /// Of TimescaleDB's public functions on the target.
    public var schema: Identifier
    /// Everything belongs to the role that makes it.
    public var isManaged = false
    public var leavesTablespaces = false
    public var present = PresentDefinitions()

    public init(schema: Identifier) { self.schema = schema }
  }

  /// For tables that are there, with their indexes and constraints.
  public private(set) var hypertables: [DefinitionStatement] = []
  /// In an order in which they can be made.
  public private(set) var aggregates: [DefinitionStatement] = []
  public private(set) var jobs: [DefinitionStatement] = []
  public private(set) var leftOut: [UnavailableDefinition] = []

  private let target: Capabilities
  private let manner: Manner

  public init(_ definitions: Definitions, on target: Capabilities, _ manner: Manner) {
    self.target = target
    self.manner = manner
    for hypertable in definitions.hypertables where hypertable.aggregate == nil { add(hypertable) }
    for aggregate in definitions.aggregates { addAggregate(aggregate) }
    // Before 2.29 an aggregate has to have a refresh policy before it gets one of compression.
    let refreshing = definitions.jobs.filter(\.isRefreshing)
    let others = definitions.jobs.filter { !$0.isRefreshing }
    for job in refreshing + others where !manner.present.has(job) { add(job) }
  }

  private mutating func add(_ hypertable: DefinedHypertable) {
    guard !manner.present.relations.contains(hypertable.name) else {
      if !manner.present.hypertables.contains(hypertable.name) {
        leftOut.append(.plainTable(hypertable.name))
      }
      return
    }
    hypertables.append(
      DefinitionStatement(
        .hypertable(hypertable.name), hypertable.making(schema: manner.schema) + settings(of: hypertable)))
  }

  private mutating func addAggregate(_ hypertable: DefinedHypertable) {
    let view = hypertable.knownName
    guard !manner.present.relations.contains(view) else {
      if !manner.present.hypertables.contains(view) { leftOut.append(.plainTable(view)) }
      return
    }
    guard target.isCommunity else { return leftOut.append(.aggregate(view)) }
    aggregates.append(
      DefinitionStatement(
        .aggregate(view),
        hypertable.makingAggregate(schema: manner.schema, givesOwner: !manner.isManaged)
          + settings(of: hypertable)))
  }

  private mutating func settings(of hypertable: DefinedHypertable) -> [SQL] {
    let name = hypertable.knownName
    var statements: [SQL] = []
    if !manner.leavesTablespaces { statements += hypertable.attaching(schema: manner.schema) }
    if let compression = hypertable.compression {
      if target.isCommunity {
        if let indexes = compression.indexes, !target.indexesCanBeChosen {
          leftOut.append(.sparseIndexes(name, indexes: indexes))
        }
        if hypertable.compressesDirectly, !target.canCompressDirectly {
          leftOut.append(.directCompression(name))
        }
        statements += hypertable.compressing(
          choosesIndexes: target.indexesCanBeChosen,
          directly: hypertable.compressesDirectly && target.canCompressDirectly)
      } else {
        leftOut.append(.compression(name))
      }
    }
    if !hypertable.rangeColumns.isEmpty {
      if target.hasColumnRanges, target.isCommunity {
        statements += hypertable.tellingRanges(schema: manner.schema)
      } else {
        leftOut.append(.columnRanges(name, columns: hypertable.rangeColumns))
      }
    }
    if hypertable.hasGranularRefresh { leftOut.append(.granularRefresh(name)) }
    return statements
  }

  private mutating func add(_ job: DefinedJob) {
    let identity = job.job.identity
    guard target.isCommunity else {
      return leftOut.append(.job(procedure: identity.procedure, relation: identity.relation))
    }
    guard
      let statements = job.making(schema: manner.schema, on: target, givesOwner: !manner.isManaged)
    else { return leftOut.append(.policy(procedure: identity.procedure, relation: identity.relation)) }
    jobs.append(
      DefinitionStatement(
        .job(procedure: identity.procedure, relation: identity.relation), statements, isOptional: true))
  }
}
