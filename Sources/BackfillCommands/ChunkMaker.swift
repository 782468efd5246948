import Postgres
import TimescaleDB

/// Makes chunks on the target, in small committed transactions: create_chunk locks its hypertable, and every chunk and
/// index takes a place in the server's lock table until the commit.
struct ChunkMaker {
  /// Chunks made in one transaction.
  static let batchSize = 25

  struct Wanted {
    /// Where the caller keeps the result.
    let index: Int
    /// In the order of the target's dimensions.
    let slices: [Dimension.Range]
    let isCompressed: Bool
  }

  let hypertable: Hypertable
  let compresses: Bool
  let extensionSchema: Identifier

  /// Makes one batch.
  ///
  /// - Returns: the chunks' names by the wanted chunks' indexes. A chunk that can't be made, as writes have made an
  ///   overlapping one meanwhile, isn't among them.
  /// - Throws: `PostgresError`.
  func make(
    _ batch: [Wanted], on target: borrowing Connection
  ) throws(PostgresError) -> [Int: QualifiedName] {
    do throws(PostgresError) {
      return try makeTogether(batch, on: target)
    } catch {
      target.rollBack()
      guard Self.isCollision(error) else { throw error }
      guard batch.count > 1 else { return [:] }
      var made: [Int: QualifiedName] = [:]
      for wanted in batch { made.merge(try make([wanted], on: target), uniquingKeysWith: { $1 }) }
      return made
    }
  }

  private func makeTogether(
    _ batch: [Wanted], on target: borrowing Connection
  ) throws(PostgresError) -> [Int: QualifiedName] {
    let operation = "making chunks of \(hypertable.name)"
    let rows = batch.map { "(\($0.index), \(json($0.slices)))" as SQL }
    let made = try target.query(
      """
      BEGIN;
      SELECT v.index, c.schema_name, c.table_name
      FROM (VALUES \(rows.joined(separator: ", "))) AS v (index, slices)
      CROSS JOIN LATERAL _timescaledb_functions.create_chunk(\(hypertable.name.description)::regclass, v.slices) AS c
      """, doing: operation
    ) { row throws(PostgresError) in
      (Int(try row.integer(0)), QualifiedName(try row.text(1), try row.text(2)))
    }
    let names = Dictionary(made, uniquingKeysWith: { first, _ in first })
    let toCompress = compresses ? batch.filter(\.isCompressed).compactMap { names[$0.index] } : []
    let compression = toCompress.map { name in
      "SELECT \(extensionSchema).compress_chunk(\(name.description)::regclass);" as SQL
    }
    try target.execute(compression.joined(separator: "") + "COMMIT", doing: operation)
    return names
  }

  private func json(_ slices: [Dimension.Range]) -> SQL {
    let parts = zip(hypertable.dimensions, slices).map { dimension, slice in
      "\(dimension.column.name), jsonb_build_array(\(slice.lower)::int8, \(slice.upper)::int8)" as SQL
    }
    return "jsonb_build_object(\(parts.joined(separator: ", ")))"
  }

  /// TimescaleDB's own TS503, and 42704 that 2.14 gives for a chunk it had dropped but remembers.
  private static func isCollision(_ error: PostgresError) -> Bool {
    ["TS503", "42704"].contains(error.sqlState)
  }
}
