public import Postgres

/// What a database has that is TimescaleDB's: all that has to be made anew on another one, where the catalog can't be
/// restored.
public struct Definitions: Sendable {
  /// In the order of their creation, aggregates among them.
  public var hypertables: [DefinedHypertable]
  public var jobs: [DefinedJob]

  public init(hypertables: [DefinedHypertable], jobs: [DefinedJob] = []) {
    self.hypertables = hypertables
    self.jobs = jobs
  }

  /// For a transaction.
  ///
  /// - Throws: `PostgresError`.
  public static func read(
    on connection: borrowing Connection, _ capabilities: Capabilities
  ) throws(PostgresError) -> Definitions {
    Definitions(
      hypertables: try DefinedHypertable.all(on: connection, capabilities),
      jobs: try DefinedJob.all(on: connection))
  }

  /// An aggregate comes after the one that it is over.
  var aggregates: [DefinedHypertable] {
    var waiting = hypertables.filter { $0.aggregate != nil }
    var sorted: [DefinedHypertable] = []
    while !waiting.isEmpty {
      let free = waiting.filter { aggregate in !waiting.contains { $0.id == aggregate.aggregate?.parent } }
      guard !free.isEmpty else { return sorted + waiting }
      sorted += free
      waiting.removeAll { found in free.contains { $0.id == found.id } }
    }
    return sorted
  }
}

/// What of these the target has already, by name.
public struct PresentDefinitions: Sendable {
  public var relations: Set<QualifiedName>
  public var hypertables: Set<QualifiedName>
  public var jobs: [JobIdentity]

  public init(
    relations: Set<QualifiedName> = [], hypertables: Set<QualifiedName> = [], jobs: [JobIdentity] = []
  ) {
    self.relations = relations
    self.hypertables = hypertables
    self.jobs = jobs
  }

  /// - Throws: `PostgresError`.
  public static func find(on target: borrowing Connection) throws(PostgresError) -> PresentDefinitions {
    let relations = try target.query(
      """
      SELECT n.nspname, c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        AND \(TimescaleSchemas.isOther("n.nspname"))
      """, doing: "listing relations"
    ) { row throws(PostgresError) in try row.name("nspname", "relname") }
    let hypertables = try Hypertable.all(on: target).map(\.knownName)
    return PresentDefinitions(
      relations: Set(relations), hypertables: Set(hypertables),
      jobs: try BackgroundJob.all(on: target).map(\.identity))
  }

  /// TimescaleDB allows most policies once for each relation; people may run a procedure in several ways.
  public func has(_ job: DefinedJob) -> Bool {
    let wanted = job.job.identity
    return jobs.contains { identity in
      job.isPolicy
        ? identity.procedure == wanted.procedure && identity.relation == wanted.relation : identity == wanted
    }
  }
}
