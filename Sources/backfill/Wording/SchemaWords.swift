import BackfillCommands
import Postgres
import TimescaleDB

extension SchemaFinding {
  var words: Words {
    switch self {
    case .missing(let relations):
      let names = relations.map {
        ($0.isAggregate ? "continuous aggregate " : "hypertable ") + $0.name.shown
      }
      return Words(
        "the target has no \(names.joined(separator: ", no "))",
        hint: "restore the source's schema on the target first, or exclude them with --filter")
    case .hypertablesDiffer(let differences):
      return Words(
        "hypertables differ between source and target: \(differences.map(\.shown).joined(separator: "; "))",
        hint: "make them equal on the target (the order of columns does not matter)",
        mend: differences.count == 1 ? differences[0].mend : nil)
    case .aggregatesDiffer(let differences):
      return Words(
        "continuous aggregates are defined differently on the target: "
          + differences.map(\.shown).joined(separator: "; "),
        hint: "define them on the target as on the source, or exclude them with --filter")
    case .emptyTarget(let hypertables):
      return Words(
        "the target has no hypertable yet, and \(Quantity.count(hypertables, "hypertable")) of the source "
          + (hypertables == 1 ? "is" : "are") + " to be copied",
        mend: "\(Version.program) schema")
    case .unlogged(.target, let relations):
      let statements = relations.map { "ALTER TABLE \($0.hypertable.shown) SET LOGGED" }
      return Words(
        "unlogged on the target, and so empty after a crash: \(Self.list(relations))",
        hint: "run there \(statements.joined(separator: "; ")), which changes the chunks too",
        mend: relations.map { "ALTER TABLE \($0.hypertable) SET LOGGED;" }.joined(separator: " "))
    case .unlogged(.source, let relations):
      return Words(
        "unlogged on the source, where a crash empties them and a later copy would empty the target, too: "
          + Self.list(relations),
        mend: relations.map { "ALTER TABLE \($0.hypertable) SET LOGGED;" }.joined(separator: " "))
    }
  }

  private static func list(_ relations: [UnloggedRelation]) -> String {
    relations.map(\.shown).joined(separator: "; ")
  }
}

extension HypertableDifference {
  /// nil where more has to be known than what is different.
  fileprivate var mend: String? {
    switch fact {
    case .dimensions: nil
    case .missingColumn: nil
    case .extraColumn(let column): "ALTER TABLE \(hypertable) DROP COLUMN \(column);"
    case .columnType(let source, let target):
      source.type == target.type
        ? nil : "ALTER TABLE \(hypertable) ALTER COLUMN \(source.name) TYPE \(source.type);"
    }
  }

  fileprivate var shown: String { "\(hypertable.shown): \(fact.shown)" }
}

extension HypertableDifference.Fact {
  fileprivate var shown: String {
    switch self {
    case .dimensions: "the dimensions differ"
    case .missingColumn(let column): "the target lacks column \(column.shown)"
    case .extraColumn(let column): "only the target has column \(column.shown)"
    case .columnType(let source, let target): SafeText.line(target.difference(from: source))
    }
  }
}

extension AggregateDifference {
  fileprivate var shown: String {
    "\(view.shown) has \"\(SafeText.line(source))\" on the source and \"\(SafeText.line(target))\" on the target"
  }
}

extension UnloggedRelation {
  fileprivate var shown: String {
    guard let chunks else { return "hypertable \(hypertable.shown)" }
    return "chunks of \(hypertable.shown): \(Words.list(chunks))"
  }
}
