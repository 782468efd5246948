import BackfillCommands
import Postgres
import TimescaleDB

extension DefinitionFinding {
  var words: Words {
    switch self {
    case .neededByVersions(let source, let target):
      Words(
        "The source has TimescaleDB \(SafeText.line(source)) and the target \(SafeText.line(target)): hypertables and "
          + "continuous aggregates are made from definitions")
    case .neededByEditions:
      Words(
        "The target has TimescaleDB's Apache edition, and the source its Community edition: hypertables are made from "
          + "definitions")
    case .versionsDiffer(let source, let target):
      Words(
        "stage and copy will need the same version of TimescaleDB on both sides: the source has \(SafeText.line(source)), "
          + "and the target \(SafeText.line(target))",
        hint: "update the older side with ALTER EXTENSION timescaledb UPDATE before stage")
    case .unavailable(let definition): definition.words
    case .dependents(let entries):
      Words(
        "left out, as they depend on continuous aggregates: \(Words.list(entries.map(SafeText.line), limit: 20))",
        hint: "create them on the target once what they are to show is there")
    case .refused(let object, let error):
      Words(
        "the target refused \(object.phrase), which is left out: \(error.reason.text)",
        hint: "create it on the target by hand")
    case .extensionRows(let tables):
      Words(
        "rows that were added to tables of extensions are left out: \(Words.list(tables))",
        hint: "copy them with COPY, by the condition that pg_extension has for each of these tables")
    case .droppedMeanwhile(let entries, let jobs):
      Words(
        "dropped from the target while schema was running: "
          + Words.list(entries.map(SafeText.line) + jobs.map(\.phrase), limit: 20),
        hint: "nothing was changed; run schema --missing-only again")
    case .largeObjects(let count):
      Words(
        "the source's \(Quantity.count(Int(count), "large object")) \(count == 1 ? "is" : "are") left out",
        hint: "move them with pg_dump --large-objects, or lo_export and lo_import")
    }
  }
}

extension UnavailableDefinition {
  fileprivate var words: Words {
    switch self {
    case .compression(let name):
      Words(
        "\(name.shown) is not compressed on the target, whose Apache edition has no compression",
        hint:
          "for compression, install TimescaleDB's Community edition on the target and run schema on an empty database"
      )
    case .aggregate(let name):
      Words(
        "the continuous aggregate \(name.shown) is left out, as the target's Apache edition has none",
        hint: "leave it out of stage with --exclude, or install TimescaleDB's Community edition on the target"
      )
    case .job(let procedure, let relation):
      Words(
        "\(DefinedObject.job(procedure: procedure, relation: relation).phrase) is left out, as the target's Apache "
          + "edition has no jobs", hint: "run what it does by other means, such as cron")
    case .sparseIndexes(let name, let indexes):
      Words(
        "the sparse indexes \(SafeText.line(indexes)) of \(name.shown) are left to TimescaleDB, as the target's version lets "
          + "nobody choose them",
        hint: "update TimescaleDB on the target to 2.22 or later, and set timescaledb.compress_index")
    case .columnRanges(let name, let columns):
      Words(
        "chunk skipping by \(Words.list(columns.map(\.shown))) of \(name.shown) is left out, which the target does not have",
        hint: "call enable_chunk_skipping() there if TimescaleDB is updated to 2.16 or later")
    case .directCompression(let name):
      Words(
        "rows inserted into \(name.shown) are not compressed at once, which the target's version can't do",
        hint: "set timescaledb.direct_compress there if TimescaleDB is updated to 2.29 or later")
    case .granularRefresh(let name):
      Words(
        "the granular refresh of \(name.shown) is left out",
        hint: "set timescaledb.granular_refresh_column and what goes with it on the target")
    case .policy(let procedure, let relation):
      Words(
        "\(DefinedObject.job(procedure: procedure, relation: relation).phrase) is left out: this program does not know "
          + "how the target's version takes it", hint: "create it on the target by hand")
    case .plainTable(let name):
      Words(
        "the target has \(name.shown) already, and it is not what it is on the source, a hypertable or continuous aggregate",
        hint: "drop or rename it there and run schema --missing-only again")
    }
  }
}

extension DefinedObject {
  fileprivate var phrase: String {
    switch self {
    case .hypertable(let name): "the hypertable \(name.shown)"
    case .aggregate(let name): "the continuous aggregate \(name.shown)"
    case .job(let procedure, let relation):
      "the job \(procedure.shown)" + (relation.map { " of \($0.shown)" } ?? "")
    }
  }
}
