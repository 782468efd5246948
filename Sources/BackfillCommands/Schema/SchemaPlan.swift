import Postgres
import TimescaleDB

/// All that `schema` is about to do, known before anything is written.
struct SchemaPlan: Sendable {
  /// nil where roles are left alone.
  var roles: RolePlan?
  var database: DatabasePlan
  /// The target's.
  var databaseName: Identifier
  /// The extension to make; nil where it is there.
  var missingVersion: String?
  var extensionSchema: Identifier
  /// nil where TimescaleDB's catalog is restored.
  var rebuild: RebuildManner?
  /// All is restored already, and only the end is missing.
  var isRestored: Bool
  var source: DumpedDatabase
  var objects: Int
  var counts: CatalogCounts
  var programs: ClientPrograms
  var sourceClient: ClientParameters
  /// Of the target's database, there or not.
  var targetClient: ClientParameters
  /// The source's edition.
  var isCommunity: Bool
  var isManaged: Bool
  var skipsGrants = false
  var hasRows: Bool
  /// The restore is one transaction.
  var isAtomic: Bool
  var leavesTablespaces: Bool
  /// Of the source.
  var retention: [ScheduledJob]

  /// In the order in which they are done.
  var steps: [SchemaStep] {
    var steps: [SchemaStep] = []
    if let roles {
      steps.append(
        .roles(created: roles.created.count, kept: roles.kept.count, memberships: roles.memberships))
    }
    if database.creation != nil || !database.changes.isEmpty {
      steps.append(.database(databaseName, isCreated: database.creation != nil))
    }
    if let missingVersion { steps.append(.timescaleExtension(version: missingVersion)) }
    if rebuild != nil {
      return steps + [.definitions, .tables(hasRows: hasRows), .hypertables, .aggregates, .jobs]
    }
    if !isRestored { steps += [.restoreMode, .restore(hasRows: hasRows, isAtomic: isAtomic)] }
    return steps + [.finish]
  }

  /// pg_restore has to be told which entries to take, for which it needs the archive as a file.
  var picksEntries: Bool { isManaged || extensionSchema != Identifier("public") }

  var dumpArguments: [String] {
    let left = source.chunkPatterns + (hasRows ? [] : source.ordinaryPatterns)
    return ["--format=custom", "--compress=\(picksEntries ? 1 : 0)"]
      + left.map { "--exclude-table-data=\($0)" }
  }

  var restoreArguments: [String] {
    var arguments = ["--exit-on-error"]
    if isAtomic { arguments.append("--single-transaction") }
    return arguments + ownershipArguments
  }

  /// Of pg_restore: what is left out for a role that is no superuser, or a server that lacks something.
  var ownershipArguments: [String] {
    var arguments =
      isManaged
      ? ["--no-owner", "--no-privileges", "--no-publications", "--no-subscriptions", "--no-security-labels"]
      : []
    if leavesTablespaces { arguments.append("--no-tablespaces") }
    return arguments
  }
}

/// How a target gets a schema from definitions.
struct RebuildManner: Sendable {
  /// What the target has is left as it is.
  var isMissingOnly: Bool
  /// All statements, where they are to be printed.
  var printed: RebuildStatements?
}
