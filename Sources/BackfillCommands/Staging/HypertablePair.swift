import Postgres
import TimescaleDB

/// A hypertable of the source with its counterpart on the target.
struct HypertablePair {
  let source: Hypertable
  let target: Hypertable
  /// For each of the target's dimensions, which of the source's it is.
  let order: [Int]
  /// Compression is turned on for the target's.
  let compresses: Bool
  /// Columns for which rows travel as text, as their types have no binary form that means the same on both sides.
  var textColumns: [Identifier] = []
  /// Columns whose types batches can't carry from one database to another.
  var unbatchableColumns: [Identifier] = []

  /// The source chunk's slices in the order of the target's dimensions.
  func targetSlices(_ slices: [Dimension.Range]) -> [Dimension.Range] { order.map { slices[$0] } }

  /// Which of the source's dimensions each of the target's is; nil where they differ.
  static func order(of source: Hypertable, on target: Hypertable) -> [Int]? {
    let order = target.dimensions.compactMap { wanted in
      source.dimensions.firstIndex { $0.column == wanted.column && $0.isOpen == wanted.isOpen }
    }
    return order.count == source.dimensions.count && order.count == target.dimensions.count ? order : nil
  }
}

extension Hypertable {
  /// Both are plain hypertables, or both continuous aggregates.
  func isMatch(for other: Hypertable) -> Bool { (aggregate == nil) == (other.aggregate == nil) }
}

/// What a hypertable's relation is like.
struct RelationColumns {
  let compresses: Bool
  let columns: [Column]

  /// By the hypertables' ids.
  static func all(
    of hypertables: [Hypertable], capabilities: Capabilities, on connection: borrowing Connection
  ) throws(PostgresError) -> [Int64: RelationColumns] {
    guard !hypertables.isEmpty else { return [:] }
    let ids = hypertables.map { "\($0.id)" as SQL }.joined(separator: ", ")
    let rows = try connection.query(
      Hypertable.columnsQuestion(where: "h.id IN (\(ids))", capabilities: capabilities),
      doing: "describing hypertables"
    ) { row throws(PostgresError) in
      let found = try HypertableColumns(row)
      return (found.id, RelationColumns(compresses: found.compresses, columns: found.columns))
    }
    return Dictionary(rows, uniquingKeysWith: { first, _ in first })
  }

  /// The columns that some condition holds for on one side at least, of those that are written.
  static func names(
    _ source: RelationColumns?, _ target: RelationColumns?, where condition: (Column) -> Bool
  ) -> [Identifier] {
    let columns = (source?.columns ?? []) + (target?.columns ?? [])
    var names: [Identifier] = []
    for column in columns where !column.isGenerated && condition(column) && !names.contains(column.name) {
      names.append(column.name)
    }
    return names
  }

  /// What differs, by name; order, dropped columns and attribute numbers don't count.
  static func differences(_ source: [Column], _ target: [Column]) -> [HypertableDifference.Fact] {
    ColumnAgreement(source: source, target: target).differences.map { difference in
      switch difference {
      case .onlyOnSource(let column): .missingColumn(column.name)
      case .onlyOnTarget(let column): .extraColumn(column.name)
      case .types(let source, let target): .columnType(source: source, target: target)
      }
    }
  }
}
