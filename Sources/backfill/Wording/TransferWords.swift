import BackfillCommands
import Postgres
import TimescaleDB

extension TransferFinding {
  var words: Words {
    switch self {
    case .targetDatabaseUnnamed:
      Words("target: the database does not exist", hint: "name it in --target, so that it can be created")
    case .targetDatabaseMissing(let database):
      Words(
        "target: the database \(database.shown) does not exist, and --managed does not create it",
        hint: "create it with your provider's means")
    case .timescaleUnavailable(let version, let available): Self.unavailable(version, available)
    case .editionsDiffer:
      Words(
        "the target has TimescaleDB's Apache edition, and the source its Community edition",
        hint:
          "run schema again, which then makes hypertables from definitions, or install the Community edition on the target"
      )
    case .extensionSchemaDiffers(let source, let target):
      Words(
        "the timescaledb extension is in the schema \(source.shown) on the source and \(target.shown) on the target",
        hint: "drop it from the target's database; schema creates it as it is on the source")
    case .extensionsUnavailable(let names):
      Words(
        "the target's server does not offer the source's extensions \(Words.list(names.map(SafeText.line)))",
        hint: "install their packages on the target's server")
    case .occupied, .catalogOccupied: occupation
    case .atWork(let process):
      Words(
        "another run of schema, or what is left of it, is at work on the target (server process \(process))",
        hint: "wait until it has ended, or end it there with SELECT pg_terminate_backend(\(process))")
    case .rolesMissing(let roles):
      Words(
        "the target lacks roles that own objects on the source, or have privileges there: \(Words.list(roles.map(\.shown)))",
        hint: "leave out --no-roles, or create them first")
    case .tablespacesMissing(let names):
      Words(
        "the target lacks the tablespaces \(Words.list(names.map(\.shown))); all tables and indexes go to the default one",
        hint: "detach them from hypertables afterwards with detach_tablespaces(), or new chunks fail")
    case .databasesDiffer(let traits):
      Words(
        "the databases differ: " + traits.map(\.shown).joined(separator: "; ")
          + "; then compressed chunks may have to be copied decompressed",
        hint: "drop the target's database, and schema creates it as the source's is")
    case .passwordsLeftOut(let roles):
      Words(
        "the source does not let its role read password hashes: these roles have no password on the target: "
          + Words.list(roles.map(\.shown), limit: roles.count),
        hint: "set them with \\password in psql, or ALTER ROLE ... PASSWORD")
    case .attributesLeftOut(let role, let attributes):
      Words(
        "the role \(role.shown) does not get \(attributes.joined(separator: ", ")), which --managed leaves out"
      )
    case .refused(let statement, let error):
      Words("the target refused \(statement.phrase), which is left out: \(error.reason.text)")
    case .restoreModeRefused(let error):
      Words(
        "the target does not let its role restore TimescaleDB's catalog: \(error.reason.text)",
        hint: "use a superuser, or a role that your provider lets call timescaledb_pre_restore()")
    case .notPermitted(let error, let isManaged):
      Words(
        error.text,
        hint: isManaged
          ? "have your provider grant what is missing; --no-roles leaves out the roles"
          : "connect to the target as a superuser, or add --managed")
    case .notAtomic(let relations, let locks):
      Words(
        "the schema has \(relations) relations and the target's lock table room for \(locks), so it is not restored in one "
          + "transaction: a run that is ended in the middle has to be undone by hand",
        hint: "raise max_locks_per_transaction on the target")
    case .noTables:
      Words("the source has no ordinary table that matches", hint: "check --filter and --exclude")
    case .tablesMissing(let names):
      Words(
        "the target lacks \(Words.list(names))",
        hint: "create them there, or leave them out with --exclude")
    case .tablesWithoutKey(let names):
      Words(
        "other tables, such as hypertables, refer to \(Words.list(names)), which have no primary key to tell rows by",
        hint: "leave them out with --exclude")
    case .shrinkingTables(let tables):
      Words(
        "most rows of "
          + Words.list(
            tables.map {
              "\($0.name.shown) (\($0.sourceRows) on the source, \($0.targetRows) on the target)"
            }) + " would be lost",
        hint:
          "check that --source and --target are not exchanged; if the source has really lost these rows, give "
          + "schema --allow-shrinking")
    case .complete: Words("The target has the schema already")
    case .continuing:
      Words("An earlier run has restored everything; what is left is to end the restore")
    }
  }

  private static func unavailable(_ version: String, _ available: [String]) -> Words {
    let offered =
      available.isEmpty
      ? "offers no TimescaleDB" : "offers TimescaleDB \(Words.list(available.map(SafeText.line)))"
    return Words(
      "the target's server \(offered), and the source has \(SafeText.line(version))",
      hint: "install it on the target")
  }

  private var occupation: Words {
    let (what, database, isHalf): (String, Identifier, Bool)
    switch self {
    case .occupied(let objects, let count, let name, let half):
      what = Words.list(objects.map { SafeText.line($0.description) }, count: count)
      (database, isHalf) = (name, half)
    case .catalogOccupied(let counts, let name, let half):
      what =
        "\(Quantity.count(Int(counts.hypertables), "hypertable")) and \(Quantity.count(Int(counts.jobs), "job"))"
      (database, isHalf) = (name, half)
    default: return Words("")
    }
    return isHalf
      ? Words(
        "the target's database is half restored: it has \(what)",
        hint:
          "if nothing else is in it, run DROP DATABASE \(database.shown) WITH (FORCE) there, then schema again; "
          + "if it is to stay, drop these objects")
      : Words(
        "the target is not empty: it has \(what)",
        hint:
          "schema changes nothing that is there: to add what is missing, give it --missing-only; or drop these from the "
          + "target, or use another database")
  }
}

extension DatabaseTrait {
  fileprivate var shown: String {
    SafeText.line("\(kind.rawValue) \(source) on the source, \(target) on the target")
  }
}

extension RefusedStatement {
  fileprivate var phrase: String {
    switch self {
    case .membership(let role, let member): "to make \(member.shown) a member of \(role.shown)"
    case .roleSetting(let role): "a setting of the role \(role.shown)"
    case .parameterPrivilege: "a privilege on a parameter"
    case .databaseSetting(let parameter): "the database's setting of \(SafeText.line(parameter))"
    }
  }
}
