import ChunkCatalog
import Postgres
import TimescaleDB

/// Rows that only the target has: in the staged windows, at a time for which the source has no chunk. No task is about
/// them, so nothing replaces them.
enum StrayRowSearch {
  /// A target chunk with those of its parts that no task is about.
  private struct Suspect {
    let chunk: Chunk
    let condition: SQL?
    let time: Dimension.Range
  }

  /// - Returns: nil when there are none.
  /// - Throws: `PostgresError`.
  static func find(
    _ staged: StagedHypertable, on target: borrowing Connection
  ) throws(PostgresError) -> StrayRows? {
    guard let hypertable = staged.target, let dimension = hypertable.timeDimension,
      let type = dimension.timeType, !staged.isTiered
    else { return nil }
    let suspects = try filled(suspects(staged, hypertable), on: target)
    guard !suspects.isEmpty else { return nil }
    var rows: Int64 = 0
    var time: Dimension.Range?
    for suspect in suspects {
      let value = type.internalValue(ofExpression: "\(dimension.column)")
      let ends: SQL =
        type == .uuid ? "NULL AS first, NULL AS last" : "min(\(value)) AS first, max(\(value)) AS last"
      let found = try target.query(
        "SELECT count(*) AS count, \(ends) FROM \(suspect.chunk.name)\(SQL.filter(suspect.condition))",
        doing: "counting rows that only the target has"
      ) { row throws(PostgresError) in
        (try row.integer("count"), try row.optionalInteger("first"), try row.optionalInteger("last"))
      }
      guard let (count, first, last) = found.first else { continue }
      rows += count
      // Inclusive at both ends.
      let own = Dimension.Range(
        lower: first ?? suspect.time.lower, upper: last ?? suspect.time.upper)
      time = Dimension.Range(hullOf: [own] + (time.map { [$0] } ?? []))
    }
    guard let time else { return nil }
    let ends = try type.texts([time.lower, time.upper], on: target)
    return StrayRows(
      hypertable: staged.source.knownName, rows: rows, first: ends[0], last: ends[1],
      deletions: suspects.prefix(shownStatements).map { "\(deletion($0, hypertable))" },
      chunks: suspects.count)
  }

  /// One statement for each chunk; ten are an example of the rest.
  private static let shownStatements = 10

  private static func deletion(_ suspect: Suspect, _ hypertable: Hypertable) -> SQL {
    "DELETE FROM \(hypertable.name)\(SQL.filter(suspect.condition))"
  }

  private static func suspects(_ staged: StagedHypertable, _ hypertable: Hypertable) -> [Suspect] {
    let dimensions = hypertable.dimensions
    guard let index = dimensions.timeIndex else { return [] }
    // What the source has a chunk for is either staged, or told of as not staged.
    let order = dimensions.map { wanted in staged.source.dimensions.firstIndex { $0.column == wanted.column }
    }
    let known = staged.sourceChunks.map { chunk in
      Box(order.map { place in place.map { chunk.slices[$0] } ?? Dimension.Range(lower: .min, upper: .max) })
    }
    let covered = BoxIndex(staged.tasks.compactMap { $0.box(in: dimensions) } + known, by: index)
    return staged.targetChunks.compactMap { chunk in
      guard !chunk.isTiered else { return nil }
      let rest = staged.staged(chunk.slices, of: hypertable, in: staged.windows)
        .flatMap { $0.subtracting(covered.overlapping($0)) }
      guard let time = Dimension.Range(hullOf: rest.map { $0.ranges[index] }) else { return nil }
      let conditions = rest.map { box in condition(box, dimensions) }
      let isWhole = conditions.contains { $0 == nil }
      return Suspect(
        chunk: chunk,
        condition: isWhole ? nil : conditions.compactMap { $0.map { "(\($0))" } }.joined(separator: " OR "),
        time: time)
    }
  }

  /// nil for everything.
  private static func condition(_ box: Box, _ dimensions: [Dimension]) -> SQL? {
    let parts = zip(dimensions, box.ranges).compactMap { dimension, range -> SQL? in
      guard case .condition(let condition) = dimension.predicate(range) else { return nil }
      return condition
    }
    return parts.isEmpty ? nil : parts.joined(separator: " AND ")
  }

  /// Those that have such rows.
  private static func filled(
    _ suspects: [Suspect], on target: borrowing Connection
  ) throws(PostgresError) -> [Suspect] {
    var filled: [Suspect] = []
    let batchSize = 100
    for start in stride(from: 0, to: suspects.count, by: batchSize) {
      let batch = suspects[start..<min(start + batchSize, suspects.count)]
      let flags = batch.map { "EXISTS (SELECT FROM \($0.chunk.name)\(SQL.filter($0.condition)))" as SQL }
      let answers = try target.query(
        "SELECT ARRAY[\(flags.joined(separator: ", "))] AS flags",
        doing: "looking for rows that only the target has"
      ) { row throws(PostgresError) in try row.flags("flags") }
      filled += zip(batch, answers.first ?? []).filter(\.1).map(\.0)
    }
    return filled
  }
}
