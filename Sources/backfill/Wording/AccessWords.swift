import BackfillCommands
import Postgres
import TimescaleDB

extension AccessFinding {
  var words: Words {
    switch self {
    case .extensionMissing(let missing, let availability): Self.words(missing, availability)
    case .extensionVersions(let name, let source, let target):
      Words(
        "the extension \(name.shown) has version \(SafeText.line(source)) on the source and \(SafeText.line(target)) on the "
          + "target")
    case .roleMissing(let role, let relations):
      Words(
        "target: there is no role \(role.shown), which owns or may use \(Quantity.count(relations, "relation")) of the "
          + "source's: who works with its rights can't use the copy",
        mend: "CREATE ROLE \(role);")
    case .owners(let relation, let isAggregate, let source, let target):
      Words(
        "\(relation.shown) belongs to \(source.shown) on the source and to \(target.shown) on the target",
        mend: "ALTER \(isAggregate ? "MATERIALIZED VIEW" : "TABLE") \(relation) OWNER TO \(source);")
    case .notOwner(let relation, let owner, let role):
      Words(
        "target: \(relation.shown) belongs to \(owner.shown), whose rights \(role.shown) has not: creating and replacing "
          + "chunks takes them",
        mend: "GRANT \(owner) TO \(role);")
    case .unreadable(let relation, let chunks, let role):
      Words(
        "source: \(role.shown) may not read "
          + (chunks.map { "\(Quantity.count($0, "chunk")) of " } ?? "") + relation.shown,
        mend: "GRANT USAGE ON SCHEMA \(relation.schema) TO \(role); GRANT SELECT ON \(relation) TO \(role);")
    case .optional(let privilege, let role):
      Words("target: \(role.shown) may not \(privilege.use)", mend: privilege.grant(to: role).text)
    }
  }

  private static func words(_ missing: InstalledExtension, _ availability: Availability) -> Words {
    let statement = "CREATE EXTENSION \(missing.name) WITH SCHEMA \(missing.schema)"
    let text = "target: the extension \(missing.name.shown) \(SafeText.line(missing.version)) is missing"
    switch availability {
    case .sameVersion:
      return Words(
        "\(text): types, functions and operators of the source's tables may be its own",
        mend: "\(statement) VERSION '\(missing.version)';")
    case .otherVersion:
      return Words("\(text), and the server offers another version", mend: "\(statement);")
    case .none:
      return Words(
        "\(text), and the server doesn't offer it", hint: "install its package on the target's server")
    }
  }
}

extension OptionalPrivilege {
  /// What the role may not do, and what that would bring.
  fileprivate var use: String {
    switch self {
    case .buildIndexes:
      "create indexes in the schema of chunks: with this privilege they are built after a chunk is loaded, which is faster"
    case .recordSizes:
      "record the sizes of compressed chunks: with this privilege hypertable_compression_stats() and its like show what "
        + "they show on the source"
    case .disableTriggers:
      "disable triggers for its session: with this privilege copy --disable-triggers keeps triggers and foreign keys from "
        + "being checked for copied rows"
    }
  }
}
