public import Postgres
internal import TaskEngine
public import TimescaleDB

/// One thing to do for a task, on the target unless it streams.
public enum CopyStep: Sendable, Equatable {
  /// Keeps this transaction's writes out of the invalidation log (2.28 and later).
  case skipInvalidation
  /// Turns most of the extension off, or on again, for this transaction, so that writes are PostgreSQL's own.
  case bypassExtension(Bool)
  /// Takes the invalidation trigger off a chunk (to 2.22); `restoreInvalidationTrigger` puts the same back.
  case dropInvalidationTrigger(QualifiedName)
  case restoreInvalidationTrigger(QualifiedName)
  /// For this transaction, the search_path that the database gives the role, behind pg_catalog: functions in the
  /// hypertable's triggers, constraints and indexes may need it.
  case useDatabaseSearchPath
  /// Turns triggers off, or on again, for this transaction.
  case disableTriggers(Bool)
  /// Marks a compressed chunk as one that has uncompressed rows beside, without writing one that would be logged. It
  /// has to hold such rows already.
  case markPartial(QualifiedName, columns: [Identifier])
  /// Lets chunks that rows make have column ranges (2.16 and later).
  case trackColumnRanges
  /// Notes the sizes that the source's compression noted.
  case recordSizes([Int64], chunk: Int64)
  case unfreeze(QualifiedName)
  case freeze(QualifiedName)
  /// Leaves the index to be made again by `rebuildIndex`, which costs much less than keeping it up to date row by row.
  case dropIndex(SecondaryIndex)
  case rebuildIndex(SecondaryIndex)
  /// Gives index builds more memory for the rest of the transaction.
  case raiseMaintenanceMemory
  /// Counts the rows that a TRUNCATE is about to take away; in a compressed relation those that its batches hold.
  case countCleared(QualifiedName, inBatches: Bool)
  /// Empties a compressed relation, or a chunk that isn't compressed.
  case truncate(QualifiedName)
  /// Deletes rows of the relation; `only` leaves out what inherits from it.
  case delete(from: QualifiedName, only: Bool, where: SQL?)
  case decompress(QualifiedName)
  case compress(QualifiedName)
  /// Puts a compressed chunk's overlapping batches in order.
  case recompress(QualifiedName)
  case stream(CopyStream)
  /// Looks at the target chunk again and plans the rest from what is found.
  case planAgain

  /// The statement; nil for steps that are more than one. Trigger definitions are read by the caller, as they have
  /// to be known before the trigger goes.
  public func sql(extensionSchema: Identifier) -> SQL? {
    switch self {
    case .skipInvalidation: Invalidation.skip
    case .bypassExtension(let on): Invalidation.bypassExtension(on)
    case .dropInvalidationTrigger(let chunk): Invalidation.dropTrigger(of: chunk)
    case .restoreInvalidationTrigger: nil
    case .disableTriggers(let off):
      "SET LOCAL session_replication_role = \(off ? "replica" as SQL : "origin")"
    case .useDatabaseSearchPath: Self.databaseSearchPath
    case .markPartial(let chunk, let columns): Self.mark(chunk, columns)
    case .trackColumnRanges: ChunkDescription.tracksColumnRanges
    case .recordSizes(let sizes, let chunk): CompressionSizes.record(sizes, chunk: chunk)
    case .unfreeze(let chunk): ChunkForm.unfreeze(chunk)
    case .freeze(let chunk): ChunkForm.freeze(chunk)
    case .dropIndex(let index): index.drop
    case .rebuildIndex(let index): index.create
    case .raiseMaintenanceMemory: Self.memory
    case .countCleared(let relation, let inBatches):
      "SELECT \(inBatches ? "coalesce(sum(_ts_meta_count), 0)" as SQL : "count(*)") AS \(Identifier(Self.clearedColumn.description)) FROM ONLY \(relation)"
    case .truncate(let relation): "TRUNCATE \(relation)"
    case .delete(let relation, let only, let predicate):
      "DELETE FROM \(only ? "ONLY " as SQL : "")\(relation)\(SQL.filter(predicate))"
    case .decompress(let chunk): ChunkForm.decompress(chunk, schema: extensionSchema)
    case .compress(let chunk): ChunkForm.compress(chunk, schema: extensionSchema)
    case .recompress(let chunk): ChunkForm.recompress(chunk, schema: extensionSchema)
    case .stream, .planAgain: nil
    }
  }

  /// For error messages.
  public var purpose: String {
    switch self {
    case .skipInvalidation, .bypassExtension, .dropInvalidationTrigger, .restoreInvalidationTrigger,
      .disableTriggers:
      "suppressing continuous aggregate invalidation"
    case .unfreeze: "unfreezing the chunk"
    case .freeze: "freezing the chunk"
    case .dropIndex: "dropping indexes to rebuild them later"
    case .rebuildIndex, .raiseMaintenanceMemory: "rebuilding indexes"
    case .countCleared, .truncate, .delete: "clearing the chunk's range"
    case .decompress: "decompressing the chunk"
    case .compress, .recompress: "compressing the chunk"
    case .useDatabaseSearchPath: "setting the search_path"
    case .markPartial: "marking the chunk as partially compressed"
    case .trackColumnRanges: "tracking column ranges"
    case .recordSizes: "noting the compressed chunk's sizes"
    case .stream: "copying rows"
    case .planAgain: "describing the chunk"
    }
  }

  /// What a person would see it as, where it takes time.
  var phase: TaskPhase? {
    switch self {
    case .countCleared, .truncate, .delete: .clearing
    case .decompress: .decompressing
    case .compress, .recompress: .compressing
    case .rebuildIndex: .indexing(1)
    default: nil
    }
  }

  /// What `countCleared` calls its answer's column.
  static let clearedColumn: StaticString = "rows to be cleared"

  /// What RESET would set. Our own names and operators are the server's all the same, as pg_catalog comes first.
  private static let databaseSearchPath: SQL = """
    SELECT set_config('search_path', concat_ws(', ', 'pg_catalog', nullif(reset_val, ''), 'pg_temp'), true)
    FROM pg_settings WHERE name = 'search_path'
    """

  /// 256 MB, unless the server already gives more.
  private static let memory: SQL = """
    SELECT set_config('maintenance_work_mem', greatest(setting::bigint, 262144)::text, true)
    FROM pg_settings WHERE name = 'maintenance_work_mem'
    """

  /// An INSERT marks the chunk that it finds compressed whether or not a row arrives (src/chunk_insert_state.c), and here
  /// a trigger keeps the row from arriving: the first of them all, by its name.
  private static func mark(_ chunk: QualifiedName, _ columns: [Identifier]) -> SQL {
    let list = columns.map { "\($0)" as SQL }.joined(separator: ", ")
    return """
      CREATE FUNCTION pg_temp.backfill_nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TRIGGER "!backfill_nothing" BEFORE INSERT ON \(chunk)
        FOR EACH ROW EXECUTE FUNCTION pg_temp.backfill_nothing();
      INSERT INTO \(chunk) (\(list)) OVERRIDING SYSTEM VALUE SELECT \(list) FROM ONLY \(chunk) LIMIT 1;
      DROP TRIGGER "!backfill_nothing" ON \(chunk);
      DROP FUNCTION pg_temp.backfill_nothing()
      """
  }
}
