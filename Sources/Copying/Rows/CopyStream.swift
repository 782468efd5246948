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
  /// Read only what stands in the relation itself: all of an uncompressed chunk, the rows beside the batches of a
  /// compressed one.
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

  /// What the source runs: the COPY, and for batches the number of rows in them (NULL otherwise).
  public var sourceSQL: SQL {
    """
    COPY (SELECT \(columns.map(selected).joined(separator: ", ")) FROM \(only ? "ONLY " as SQL : "")\(from)\(SQL.filter(predicate))) TO STDOUT (FORMAT \(formatName));
    SELECT \(isCompressed ? "sum(_ts_meta_count) FROM \(from)" as SQL : "NULL::bigint");

    """
  }

  public var targetSQL: SQL {
    "COPY \(into) (\(columnList)) FROM STDIN (FORMAT \(formatName)\(freezes ? ", FREEZE" as SQL : ""))"
  }

  private var formatName: SQL { format == .binary ? "binary" : "text" }
}
