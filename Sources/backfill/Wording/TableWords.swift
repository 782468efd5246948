import BackfillCommands
import Postgres
import TimescaleDB

extension TableFinding {
  var words: Words {
    switch fact {
    case .missing(let rule):
      Words(
        "the target's \(relation.shown) lacks \(rule.shown): \(rule.kind.lack)",
        mend: rule.adding(to: table)?.text)
    case .onlyOnTarget(let rule):
      Words(
        "only the target's \(relation.shown) has \(rule.shown), which may refuse rows of the source",
        mend: rule.dropping(from: table)?.text)
    case .differs(let kind, let column, let type, let source, let target):
      difference(kind, column, type, source, target)
    case .collationRules(let column, let source, let target):
      Words(
        "column \(column.shown) of \(relation.shown) is sorted by other rules: \(SafeText.line(source)) on the source and "
          + "\(SafeText.line(target)) on the target (provider, locale, version): compressed chunks with text in their order "
          + "are copied row by row")
    case .dimensionSize(let column, let source, let target):
      Words(
        "\(relation.shown) is cut by \(column.shown) into \(Self.shown(source)) on the source and \(Self.shown(target)) on "
          + "the target; copied chunks keep their ranges, and new ones will be of the latter kind",
        mend: HypertableTraits.setting(source, of: column, on: table).text)
    case .compressionOff(let settings):
      Words(
        "compression of \(relation.shown) is on at the source and off at the target: compressed chunks will be stored "
          + "uncompressed",
        mend: settings.enabling(on: isAggregate ? relation : table, isAggregate: isAggregate).text)
    case .compressionSettings(let settings):
      Words(
        "\(relation.shown) is compressed by other settings on the target; copied chunks keep theirs, and new ones will have "
          + "those of the target",
        mend: settings.enabling(on: isAggregate ? relation : table, isAggregate: isAggregate).text)
    }
  }

  private static func shown(_ size: HypertableTraits.DimensionSize) -> String {
    size.isOpen ? "chunks of \(SafeText.line(size.text))" : "\(size.value) partitions"
  }

  private func difference(
    _ kind: TableRule.Kind, _ column: Identifier, _ type: String, _ source: String?, _ target: String?
  ) -> Words {
    guard kind == .generated else {
      return Words(
        "column \(column.shown) of \(relation.shown) is sorted by \(SafeText.line(source ?? "nothing")) on the source and "
          + "\(SafeText.line(target ?? "nothing")) on the target: compressed chunks are copied row by row",
        mend: source.map { "ALTER TABLE \(table) ALTER COLUMN \(column) TYPE \(type) COLLATE \($0);" })
    }
    let made =
      source.map { " ALTER TABLE \(table) ADD COLUMN \(column) \(type) GENERATED ALWAYS AS (\($0)) STORED;" }
      ?? " ALTER TABLE \(table) ADD COLUMN \(column) \(type);"
    return Words(
      "column \(column.shown) of \(relation.shown) is \(Self.generated(source)) on the source and \(Self.generated(target)) "
        + "on the target, which computes it anew: it will differ",
      mend: "ALTER TABLE \(table) DROP COLUMN \(column);\(made)")
  }

  private static func generated(_ expression: String?) -> String {
    expression.map { "generated as \(SafeText.line($0))" } ?? "not generated"
  }
}

extension TableRule {
  fileprivate var shown: String {
    let name = name.shown
    return switch kind {
    case .check, .primaryKey, .unique, .exclusion, .foreignKey:
      "the constraint \(name), \(SafeText.line(definition))"
    case .notNull: "NOT NULL on column \(name)"
    case .uniqueIndex: "the unique index \(name), \(SafeText.line(definition))"
    case .index: "the index \(name), \(SafeText.line(definition))"
    case .generated, .collation: "\(name), \(SafeText.line(definition))"
    }
  }
}

extension TableRule.Kind {
  fileprivate var lack: String {
    isIndex && self == .index
      ? "queries that use it on the source will be slower"
      : "rows that the application writes there may break a rule of the source"
  }
}
