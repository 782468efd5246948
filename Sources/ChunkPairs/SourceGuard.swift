public import ChunkCatalog
public import Postgres
public import TimescaleDB

/// Whether what was read is what was described.
///
/// A task describes a chunk and then reads it, in one snapshot. Two things on the source go past snapshots:
///
/// - TRUNCATE, which compress_chunk uses, empties a table for older snapshots too
///   (https://www.postgresql.org/docs/current/mvcc-caveats.html). Reading takes a lock that keeps any further one away,
///   so a relation whose file now is the one that the snapshot knows was read whole.
/// - TimescaleDB's planner looks at a chunk's status as it is now (SnapshotSelf in src/scanner.c). A query through a
///   partly compressed chunk reads its batches alone once the chunk counts as fully compressed, although an older
///   snapshot has rows beside them. Whatever changes the status replaces the chunk's row in the catalog, so a row that
///   is still the same afterwards was the same when the query was planned.
///
/// Chunks that aren't compressed are read with ONLY, for which the planner looks at no status.
public enum SourceGuard {
  /// Whether relations that were read in this transaction were read whole: `is_as_described` in the only row.
  public static func filesAreSame(_ relations: [QualifiedName]) -> SQL {
    let names = relations.map { "\($0.description)::regclass" as SQL }.joined(separator: ", ")
    return """
      SELECT count(*) = \(relations.count) AS is_as_described FROM pg_class
      WHERE oid IN (\(names)) AND relfilenode = pg_relation_filenode(oid)
      """
  }

  /// The answer to either question.
  public static func isAsDescribed(_ row: Row) throws(PostgresError) -> Bool {
    try row.flag("is_as_described")
  }

  /// The relations that hold a chunk's rows.
  public static func relations(of chunk: ChunkDescription) -> [QualifiedName] {
    [chunk.name] + (chunk.compressed.map { [$0.name] } ?? [])
  }

  /// Ends the transaction, and asks behind it whether the chunk's state is still the described one, where queries through
  /// the chunk depend on it: `is_as_described` in a row, or no row.
  public static func ending(_ chunk: ChunkDescription) -> SQL {
    "COMMIT;" + (dependsOnStatus(chunk) ? chunk.isUnchanged + ";" : "")
  }

  /// Without rows beside the batches there is nothing that a change of status could hide: compressed relations that are
  /// emptied or dropped have another file.
  public static func dependsOnStatus(_ chunk: ChunkDescription) -> Bool { chunk.status.contains(.partial) }

  /// What an error while reading comes from: a source that was given up, or a relation that was described and is gone,
  /// which went with a change of the chunk's form. Else the error itself.
  public static func reason(for error: any Error, from source: borrowing Connection) -> any Error {
    if let loss = source.loss { return loss }
    guard let error = error as? PostgresError, error.side == .source,
      error.sqlState == SQLState.undefinedTable
    else { return error }
    return failure
  }

  /// What to say where a guard answered with false.
  public static let failure = TaskFailure(.changedWhileRead)

  /// Ends the source's transaction, and refuses what was read where the chunk's state isn't the described one any more.
  ///
  /// - Throws: `PostgresError`, `TaskFailure`.
  public static func refuseChange(of chunk: ChunkDescription, on source: borrowing Connection) throws {
    guard dependsOnStatus(chunk) else { return }
    let same = try source.query(ending(chunk), doing: "comparing chunk \(chunk.name)") {
      row throws(PostgresError) in try isAsDescribed(row)
    }
    guard same.first == true else { throw failure }
  }
}
