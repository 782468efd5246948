public import Postgres
internal import TimescaleDB

/// One COPY of rows: a SELECT on the source streamed into a relation of the target. Both sides name the same columns.
public struct CopyStream: Sendable, Equatable {
  public enum Format: String, Sendable {
    case binary
    case text

    fileprivate var name: SQL { self == .binary ? "binary" : "text" }
  }

  /// What is read.
  public struct Source: Sendable, Equatable {
    public var relation: QualifiedName
    /// Read only what stands in the relation itself: all of an uncompressed chunk, the rows beside the batches of a
    /// compressed one.
    public var only: Bool
    /// nil reads all rows.
    public var predicate: SQL?
    public var columns: [Identifier]
    public var format: Format
    /// Each tuple is a compressed batch of rows.
    public var isCompressed: Bool
    /// Columns of compressed data of which a batch's NULLs travel as one NULL, which means the same where the column had
    /// no other default when it was added.
    public var withoutNullBatches: [Identifier]
  }

  /// Where it goes.
  public struct Sink: Sendable, Equatable {
    public var relation: QualifiedName
    public var columns: [Identifier]
    public var format: Format
    /// Rows are written as frozen, which saves a later VACUUM from doing it. Only where this transaction emptied or made
    /// the relation.
    public var freezes: Bool
  }

  public var source: Source
  public var sink: Sink

  public init(
    from: QualifiedName, only: Bool, predicate: SQL?, columns: [Identifier], into: QualifiedName,
    format: Format, freezes: Bool = false, isCompressed: Bool = false, withoutNullBatches: [Identifier] = []
  ) {
    source = Source(
      relation: from, only: only, predicate: predicate, columns: columns, format: format,
      isCompressed: isCompressed, withoutNullBatches: withoutNullBatches)
    sink = Sink(relation: into, columns: columns, format: format, freezes: freezes)
  }
}

extension CopyStream.Source {
  /// The COPY, and `rows_in_batches`, the number of rows in batches (NULL otherwise).
  public var sql: SQL {
    """
    COPY (SELECT \(columns.map(selected).joined(separator: ", ")) FROM \(only ? "ONLY " as SQL : "")\(relation)\(SQL.filter(predicate))) TO STDOUT (FORMAT \(format.name));
    SELECT \(isCompressed ? "sum(_ts_meta_count)" as SQL : "NULL::bigint") AS rows_in_batches\(
      isCompressed ? " FROM \(relation)" as SQL : "");

    """
  }

  /// Compressed data in its wire form begins with the number of its algorithm, of which 6 is the one for nothing but NULL
  /// (tsl/src/compression/compression.h) and takes a few bytes; longer values needn't be looked into.
  private func selected(_ column: Identifier) -> SQL {
    guard withoutNullBatches.contains(column) else { return "\(column)" }
    return """
      CASE WHEN pg_column_size(\(column)) > 64
        OR get_byte(\(Column.wireForm(ofBatch: "\(column)")), 0) <> 6 THEN \(column) END
      """
  }
}

extension CopyStream.Sink {
  public var sql: SQL {
    let list = columns.map { "\($0)" as SQL }.joined(separator: ", ")
    return "COPY \(relation) (\(list)) FROM STDIN (FORMAT \(format.name)\(freezes ? ", FREEZE" as SQL : ""))"
  }
}
