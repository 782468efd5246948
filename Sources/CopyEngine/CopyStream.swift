public import Postgres
import TimescaleDB

/// One stream of rows: a SELECT on the source poured into a relation of the target.
public struct CopyStream: Sendable, Equatable {
  public enum Format: String, Sendable {
    case binary
    case text
  }

  /// The relation to read on the source.
  public var from: QualifiedName
  /// Read only what stands in the relation itself; for a compressed chunk its uncompressed rows.
  public var only: Bool
  /// nil reads all rows.
  public var predicate: SQL?
  public var columns: [Identifier]
  /// The relation to write on the target.
  public var into: QualifiedName
  public var format: Format
  /// Rows are written as frozen, which saves a later VACUUM from doing it. Only where this transaction emptied or made
  /// the relation.
  public var freezes: Bool
  /// Each tuple is a compressed batch of rows.
  public var isCompressed: Bool
  /// Columns of compressed data of which a batch's NULLs travel as one NULL, which means the same where the column had no
  /// other default when it was added.
  public var withoutNullBatches: [Identifier]

  public init(
    from: QualifiedName, only: Bool, predicate: SQL?, columns: [Identifier], into: QualifiedName,
    format: Format, freezes: Bool = false, isCompressed: Bool = false, withoutNullBatches: [Identifier] = []
  ) {
    self.from = from
    self.only = only
    self.predicate = predicate
    self.columns = columns
    self.into = into
    self.format = format
    self.freezes = freezes
    self.isCompressed = isCompressed
    self.withoutNullBatches = withoutNullBatches
  }

  private var columnList: SQL { columns.map { "\($0)" as SQL }.joined(separator: ", ") }

  /// Compressed data in its wire form begins with the number of its algorithm, of which 6 is the one for nothing but NULL
  /// (tsl/src/compression/compression.h) and takes a few bytes; longer values needn't be looked into.
  private func selected(_ column: Identifier) -> SQL {
    guard withoutNullBatches.contains(column) else { return "\(column)" }
    return """
      CASE WHEN pg_column_size(\(column)) > 64
        OR get_byte(_timescaledb_functions.compressed_data_send(\(column)), 0) <> 6 THEN \(column) END
      """
  }

  /// What the source runs: the COPY, for batches the number of rows in them (NULL otherwise), and behind it the guard
  /// for all relations that are read.
  public func sourceSQL(guarding relations: [QualifiedName]) -> SQL {
    """
    COPY (SELECT \(columns.map(selected).joined(separator: ", ")) FROM \(only ? "ONLY " as SQL : "")\(from)\(SQL.filter(predicate))) TO STDOUT (FORMAT \(formatName));
    SELECT \(isCompressed ? "sum(_ts_meta_count) FROM \(from)" as SQL : "NULL::bigint");
    \(Self.guardSQL(relations))
    """
  }

  /// Whether relations that were read in this transaction were read whole: true in its only row, or false.
  ///
  /// Guards against the one thing that a snapshot doesn't: TRUNCATE, which compress_chunk uses, empties a table for
  /// older snapshots too (https://www.postgresql.org/docs/current/mvcc-caveats.html). Reading took a lock that
  /// keeps any further one away, so a relation whose file now is the one that the snapshot knows was read whole.
  public static func guardSQL(_ relations: [QualifiedName]) -> SQL {
    let names = relations.map { "\($0.description)::regclass" as SQL }.joined(separator: ", ")
    return """
      SELECT count(*) = \(relations.count) FROM pg_class
      WHERE oid IN (\(names)) AND relfilenode = pg_relation_filenode(oid)
      """
  }

  public var targetSQL: SQL {
    "COPY \(into) (\(columnList)) FROM STDIN (FORMAT \(formatName)\(freezes ? ", FREEZE" as SQL : ""))"
  }

  private var formatName: SQL { format == .binary ? "binary" : "text" }
}
