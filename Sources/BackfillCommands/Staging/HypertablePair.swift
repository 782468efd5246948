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

  /// The source chunk's slices in the order of the target's dimensions.
  func targetSlices(_ slices: [Dimension.Range]) -> [Dimension.Range] { order.map { slices[$0] } }

  /// Pairs hypertables by name and continuous aggregates by their view's name, and checks that both have the same
  /// columns and dimensions.
  ///
  /// - Throws: `CommandFailure`, naming everything that is missing or differs.
  static func pairs(
    _ chosen: [Hypertable], targets: [Hypertable], databases: borrowing Databases
  ) throws -> [HypertablePair] {
    let known = Dictionary(targets.map { ($0.knownName, $0) }, uniquingKeysWith: { first, _ in first })
    let missing = chosen.filter { known[$0.knownName]?.isMatch(for: $0) != true }
    guard missing.isEmpty else {
      let names = missing.map {
        ($0.aggregate == nil ? "hypertable " : "continuous aggregate ") + "\($0.knownName)"
      }
      throw CommandFailure.failed(
        "the target has no \(names.joined(separator: ", no "))",
        advice: "restore the source's schema on the target first, or leave them out with --filter")
    }
    let theirs = try RelationColumns.all(
      of: chosen, capabilities: databases.sourceInstallation.capabilities, on: databases.source)
    let ours = try RelationColumns.all(
      of: chosen.compactMap { known[$0.knownName] },
      capabilities: databases.targetInstallation.capabilities, on: databases.target)
    var differences: [String] = []
    var pairs: [HypertablePair] = []
    for hypertable in chosen {
      guard let target = known[hypertable.knownName] else { continue }
      let own = ours[target.id]
      differences += RelationColumns.differences(
        theirs[hypertable.id]?.columns ?? [], own?.columns ?? []
      ).map {
        "\(hypertable.knownName): \($0)"
      }
      let order = target.dimensions.map { wanted in
        hypertable.dimensions.firstIndex { $0.column == wanted.column && $0.isOpen == wanted.isOpen }
      }
      guard order.count == hypertable.dimensions.count, !order.contains(nil) else {
        differences.append("\(hypertable.knownName): the dimensions differ")
        continue
      }
      pairs.append(
        HypertablePair(
          source: hypertable, target: target, order: order.compactMap { $0 },
          compresses: own?.compresses ?? false))
    }
    guard differences.isEmpty else {
      throw CommandFailure.failed(
        "hypertables differ between source and target: \(differences.joined(separator: "; "))",
        advice: "make them equal on the target (the order of columns doesn't matter)")
    }
    return pairs
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

  /// What differs, by name; order, dropped columns and attribute numbers don't count.
  static func differences(_ source: [Column], _ target: [Column]) -> [String] {
    let twins = Dictionary(target.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let names = Set(source.map(\.name))
    var found: [String] = []
    for column in source {
      guard let twin = twins[column.name] else {
        found.append("the target lacks column \(column.name)")
        continue
      }
      if !twin.hasSameType(as: column) { found.append(twin.difference(from: column)) }
    }
    return found + target.filter { !names.contains($0.name) }.map { "only the target has column \($0.name)" }
  }
}
