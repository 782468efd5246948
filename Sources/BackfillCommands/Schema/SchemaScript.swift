import ChunkCatalog
public import Postgres
import TimescaleDB

/// The steps of `schema` as something that a person can run by hand, without any secret.
public struct SchemaScript: Sendable {
  /// Where SQL is run.
  public enum Place: String, Sendable {
    case target
    /// The target's server, by the database that every server has.
    case server
  }

  public enum Piece: Sendable {
    /// - Parameter isOptional: what is refused is nothing that all depends on.
    case sql(Place, [SQL], isOneTransaction: Bool, isOptional: Bool)
    /// The passwords of these roles go from the source to the target, past the script.
    case passwords([Identifier])
    /// pg_dump's output is what pg_restore reads.
    case transfer(dump: [String], restore: [String])
    /// The same by way of a file, from which some entries are left out.
    case pickedTransfer(dump: [String], restore: [String], withoutSchema: Identifier?)
    /// All in one transaction of the target.
    case rebuild([Part])
    /// `jobs off`.
    case jobsOff
  }

  public enum Part: Sendable {
    /// What comes next.
    case step(SchemaStep)
    case sql(SQL)
    /// The rows of a table, from the source to the target.
    case rows(reading: SQL, filling: SQL)
  }

  public struct Section: Sendable {
    public var step: SchemaStep
    public var pieces: [Piece]
  }

  /// Strings of keywords and values, for `-d`.
  public let source: String
  public let target: String
  public let server: String
  public let sections: [Section]
}

extension SchemaScript {
  init(_ plan: SchemaPlan) {
    self.init(
      source: plan.sourceClient.shortConnectionString, target: plan.targetClient.shortConnectionString,
      server: plan.targetClient.database("postgres").shortConnectionString,
      sections: plan.steps.filter(Self.isPrinted).map { Section(step: $0, pieces: Self.pieces(of: $0, plan)) }
    )
  }

  private static func pieces(of step: SchemaStep, _ plan: SchemaPlan) -> [Piece] {
    switch step {
    case .roles: roles(plan)
    case .database: database(plan)
    case .timescaleExtension(let version):
      RestoreMode.creating(version: version, schema: plan.extensionSchema).map {
        .sql(.target, [$0], isOneTransaction: false, isOptional: false)
      }
    case .restoreMode:
      [
        .sql(
          .target, [RestoreMode(extensionSchema: plan.extensionSchema).beginning], isOneTransaction: false,
          isOptional: false)
      ]
    case .restore:
      [
        plan.picksEntries
          ? .pickedTransfer(
            dump: plan.dumpArguments, restore: plan.restoreArguments,
            withoutSchema: plan.extensionSchema == Identifier("public") ? nil : plan.extensionSchema)
          : .transfer(dump: plan.dumpArguments, restore: plan.restoreArguments)
      ]
    case .finish: finish(plan)
    case .tables:
      // A role that is no superuser leaves some jobs on (`turningAllOff`), which this names.
      plan.rebuild?.printed.map { [.rebuild($0.parts(plan))] + (plan.isManaged ? [.jobsOff] : []) } ?? []
    case .table, .definitions, .hypertables, .aggregates, .jobs: []
    }
  }

  /// Those that are one with the tables have no section of their own.
  private static func isPrinted(_ step: SchemaStep) -> Bool {
    ![.definitions, .hypertables, .aggregates, .jobs].contains(step)
  }

  private static func roles(_ plan: SchemaPlan) -> [Piece] {
    guard let roles = plan.roles, !roles.changes.isEmpty else { return [] }
    let place: Place = plan.database.creation == nil ? .target : .server
    let needed = roles.changes.filter { $0.refusable == nil }
    let optional = roles.changes.filter { $0.refusable != nil }
    let without = Set(roles.withoutPassword)
    let passwords = roles.created.filter { !without.contains($0) }
    var pieces: [Piece] = [
      .sql(
        place, needed.compactMap { $0.statement.withoutPassword?.sql }, isOneTransaction: true,
        isOptional: false)
    ]
    if !passwords.isEmpty, plan.source.mayReadPasswords { pieces.append(.passwords(passwords)) }
    if !optional.isEmpty {
      pieces.append(.sql(place, optional.map(\.statement.sql), isOneTransaction: false, isOptional: true))
    }
    return pieces
  }

  private static func database(_ plan: SchemaPlan) -> [Piece] {
    var pieces: [Piece] = []
    if let creation = plan.database.creation {
      pieces.append(.sql(.server, [creation.sql], isOneTransaction: false, isOptional: false))
    }
    let changes = plan.database.changes.map(\.statement.sql)
    if !changes.isEmpty {
      pieces.append(
        .sql(.target, changes, isOneTransaction: !plan.isManaged, isOptional: plan.isManaged))
    }
    return pieces
  }

  /// Jobs go off before the restore ends: until then none of them can start.
  private static func finish(_ plan: SchemaPlan) -> [Piece] {
    var last = [RestoreMode(extensionSchema: plan.extensionSchema).ending]
    var pieces: [Piece] = []
    if plan.isManaged {
      pieces.append(
        .sql(.target, [MigrationPrivilege.takingJobs], isOneTransaction: false, isOptional: false))
    } else if !plan.skipsGrants {
      last += granting(plan)
    }
    return pieces + [.jobsOff, .sql(.target, last, isOneTransaction: true, isOptional: false)]
  }

  /// What the roles that own hypertables need for the migration.
  ///
  /// - Parameter handsOver: there is a record of jobs, which a single owner is to have.
  static func granting(_ plan: SchemaPlan, handsOver: Bool = true) -> [SQL] {
    let owners = plan.source.hypertableOwners
    let granting = owners.flatMap { MigrationPrivilege.all(of: $0, in: plan.databaseName).map(\.granting) }
    return handsOver && owners.count == 1 ? granting + [QueueSchema.giving(to: owners[0])] : granting
  }
}
